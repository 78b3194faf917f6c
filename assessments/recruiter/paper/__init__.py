"""Reports and comparisons as PDF files, made from the templates of the pages."""
