"""Reads files into documents: format, then kind. Knows nothing of the store, models or screens."""

from ingest.read import SUFFIXES, is_supported, read

__all__ = ["SUFFIXES", "is_supported", "read"]
