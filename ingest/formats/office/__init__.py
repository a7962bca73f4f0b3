"""What office formats share: XML, packages, text and tables as Markdown, the order of boxes."""
