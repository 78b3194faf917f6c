"""Checks of questions: `formulas` and `wording` of one file, `whole` of all of them together."""
