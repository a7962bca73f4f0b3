"""The commands, a file each or a small group; none is imported before it is called."""
