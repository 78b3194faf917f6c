"""Which files of others are collected beside our own, and so compressed and served."""

from django.contrib.staticfiles.apps import StaticFilesConfig


class StaticFiles(StaticFilesConfig):
    """Leaves out what no page asks for: most of a first start went into compressing it."""

    # The API has no browsable pages, and its documentation is shown by Swagger UI alone.
    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "rest_framework", "redoc"]
