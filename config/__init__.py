"""Wiring only, imported by nobody: settings, addresses, the Celery app, WSGI."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
