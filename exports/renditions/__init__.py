"""One document as a file: PDF, UBL or CII; made once in the background, then kept on disk by its content."""
