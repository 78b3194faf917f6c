"""Hiring systems: one model of orders, and an adapter for how each system speaks."""
