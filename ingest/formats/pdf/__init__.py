"""PDF: its pages' text, titles and pictures."""

from ingest.formats.pdf.read import page_picture as page_picture
from ingest.formats.pdf.read import read_pdf as read_pdf
