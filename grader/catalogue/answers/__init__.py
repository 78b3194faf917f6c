"""Right and wrong answers to the rows that are too long for one file."""
