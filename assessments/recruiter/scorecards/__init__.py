"""Scorecards of the interview after an attempt, with questions proposed from what went wrong."""
