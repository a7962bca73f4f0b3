"""Reads files into documents: format, then kind. Knows nothing of the store, models or screens."""
