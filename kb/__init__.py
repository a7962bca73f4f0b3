"""The knowledge base: stores documents, searches them and answers with sources."""
