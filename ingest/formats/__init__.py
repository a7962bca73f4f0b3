"""Bytes to blocks, one file format a module."""
