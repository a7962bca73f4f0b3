"""Blocks to documents, one kind a module; all pure."""
