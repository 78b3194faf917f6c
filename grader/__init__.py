"""Runs candidates' NumPy loss functions in a sandbox and judges what comes back."""
