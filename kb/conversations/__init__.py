"""What was asked and answered, kept as it was said, whatever becomes of the documents."""
