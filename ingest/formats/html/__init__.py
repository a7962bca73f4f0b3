"""HTML: pages as Markdown, decks by their slides. selectolax (the Lexbor engine) parses; nothing is ever fetched."""

from ingest.formats.html.read import read_html

__all__ = ["read_html"]
