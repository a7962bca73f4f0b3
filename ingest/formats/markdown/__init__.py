"""Markdown: texts, and the decks of the tools that write them."""
