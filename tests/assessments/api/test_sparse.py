"""Long lists with some of their fields: those that were asked for, by the same queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments import actions

pytestmark = pytest.mark.django_db

LISTS = {
    "/api/v1/invitations/": "id,state,candidate",
    "/api/v1/candidates/": "email",
    "/api/v1/attempts/": "id,score",
    "/api/v1/submissions/": "id,verdict",
}


@pytest.fixture
def sat(graded, choice_question):
    made = graded("Ada"), graded("Ben")
    for attempt in made:
        attempt.answers.get_or_create(question=choice_question)
    return made


def lines(api, url, **query):
    with CaptureQueriesContext(connection) as queries:
        found = api.get(url, query)
    assert found.status_code == 200, found.content
    body = found.json()
    return body if isinstance(body, list) else body["results"], len(queries)


def test_lists_have_the_fields_that_were_asked_for_and_no_others(api, sat, organisation):
    actions.submit_for_api(organisation, "huber", "x = 1")
    asked = LISTS | {f"/api/v1/attempts/{sat[0].pk}/answers/": "question,content,score"}
    for url, fields in asked.items():
        whole, _ = lines(api, url)
        whole, queries = lines(api, url)  # by now the look is noted
        some, fewer = lines(api, url, fields=fields)
        names = fields.split(",")

        assert some == [{name: line[name] for name in names} for line in whole], url
        assert set(whole[0]) > set(names)
        assert fewer == queries, url


def test_as_many_queries_for_three_rows_as_for_one(api, graded):
    graded("Ada")
    counts = []
    for name in ("Ben", "Eve"):
        for url in LISTS:
            lines(api, url)
        found = [(lines(api, url)[1], lines(api, url, fields=f)[1]) for url, f in LISTS.items()]
        counts.append(found)
        graded(name)

    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ("id,colour", "`colour`"),
        ("", "``"),
        ("id,,state", "``"),
        ("ID", "`ID`"),
        ("id, state", "` "),
    ],
)
def test_a_field_that_nobody_knows_is_refused_by_its_name(api, fields, named):
    refused = api.get("/api/v1/invitations/", {"fields": fields})

    assert refused.status_code == 400
    [error] = refused.json()["errors"]
    assert error["field"] == "fields"
    assert named in error["message"]


def test_lists_that_are_short_have_all_their_fields(api):
    assert api.get("/api/v1/members/", {"fields": "id"}).status_code == 400
