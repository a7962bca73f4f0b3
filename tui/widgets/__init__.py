"""Pieces of screens; each runs alone."""
