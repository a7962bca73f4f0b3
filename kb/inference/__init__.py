"""Models in child processes, and where their files come from."""
