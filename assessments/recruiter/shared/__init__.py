"""A report as people outside of the organisation may see it: a list of what is shown, no more."""
