"""The bank: what can be asked."""
