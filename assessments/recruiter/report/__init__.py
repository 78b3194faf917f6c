"""A grading report, turned into what a page shows. Pure functions of plain data."""
