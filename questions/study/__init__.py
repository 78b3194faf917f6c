"""The public study pages: losses from the catalogue, topics and words from the bank's files."""
