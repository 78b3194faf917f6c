"""The command `minima`, for scripts."""
