"""Of others' files those are collected that a page asks for, and no more."""

import re

from django.apps import apps
from django.contrib.staticfiles.finders import get_finders


def collected():
    ignored = apps.get_app_config("staticfiles").ignore_patterns
    return {path for finder in get_finders() for path, _ in finder.list(ignored)}


def test_what_the_documentation_of_the_api_asks_for_is_collected(client):
    page = client.get("/api/v1/docs/try/").content.decode()
    asked = set(re.findall(r'/static/([^"]+)', page))

    assert len(asked) >= 3
    assert asked <= collected()


def test_pages_that_nobody_sees_cost_no_first_start_its_time():
    folders = {path.split("/")[0] for path in collected()}

    assert "drf_spectacular_sidecar" in folders
    assert "rest_framework" not in folders
    assert not [path for path in collected() if "/redoc/" in path]
