"""The type of a problem is the address of a page that says what to do."""

from urllib.parse import urlsplit

import pytest
from django.conf import settings

from assessments.api.problem_kinds import KINDS
from tests.assessments.conftest import words

pytestmark = pytest.mark.django_db

LIST = "/api/v1/problems/"


def test_the_type_of_each_problem_leads_to_its_page(client):
    listed = client.get(LIST).content.decode()
    for kind in KINDS.values():
        parts = urlsplit(kind.type)
        page = client.get(parts.path)

        assert kind.type.startswith(settings.BASE_URL)
        assert f'href="{parts.path}"' in listed
        told = words(page)
        for said in (kind.title, str(kind.status), kind.when, kind.remedy, kind.type):
            assert said.replace("`", "") in told, kind.name


def test_the_type_of_a_problem_that_came_is_one_of_them(client):
    problem = client.get("/api/v1/submissions/").json()

    assert client.get(urlsplit(problem["type"]).path).status_code == 200
    assert client.get(f"{LIST}nothing/").status_code == 404
