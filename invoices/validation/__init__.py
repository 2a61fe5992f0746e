"""What keeps a document from being issued, found before a number is spent."""
