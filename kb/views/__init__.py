"""Views of a whole library: its key terms, what says nearly the same, and one session's documents side by side."""
