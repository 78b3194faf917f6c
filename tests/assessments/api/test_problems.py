"""Every error is a problem of a documented type, and changes nothing."""

import re
from base64 import b64encode
from datetime import timedelta
from itertools import pairwise
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from assessments.actions import issue_token
from assessments.models import ApiToken, Submission
from tests.assessments.api.endpoint_table import type_of

pytestmark = pytest.mark.django_db

URL = "/api/v1/submissions/"
BODY = {"task": "huber", "source": "x = 1"}


def check(response, status, kind):
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem["type"] == type_of(kind)
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    return problem


@pytest.mark.parametrize(
    ("method", "url", "status", "kind"),
    [
        ("get", "/api/v1/nothing/", 404, "not-found"),
        ("get", "/api/", 404, "not-found"),
        ("get", f"{URL}not-an-id/", 404, "not-found"),
        ("get", f"{URL}00000000-0000-4000-8000-000000000000/", 404, "not-found"),
        ("get", "/api/v1/tasks/hubert/", 404, "not-found"),
        ("put", URL, 405, "method-not-allowed"),
        ("delete", "/api/v1/tasks/", 405, "method-not-allowed"),
        ("post", "/api/v1/attempts/", 405, "method-not-allowed"),
        ("options", URL, 405, "method-not-allowed"),
        ("get", f"{URL}?colour=red", 400, "invalid"),
        ("get", f"{URL}?cursor=nonsense", 404, "not-found"),
        pytest.param("get", f"{URL}?cursor=cD14", 404, "not-found", id="a cursor of no moment"),
        pytest.param("get", "/api/v1/members/?cursor=cD14", 404, "not-found", id="the same"),
        ("get", f"{URL}?page_size=201", 400, "invalid"),
        ("get", f"{URL}?page_size=0", 400, "invalid"),
        ("get", f"{URL}?page_size=null", 400, "invalid"),
    ],
)
def test_a_wrong_address_or_method_is_a_problem(api, method, url, status, kind):
    check(getattr(api, method)(url), status, kind)


@pytest.mark.parametrize(
    ("body", "content_type", "status", "kind"),
    [
        pytest.param(b"{", "application/json", 400, "malformed", id="half an object"),
        pytest.param(b"", "application/json", 400, "invalid", id="nothing"),
        pytest.param(b"[]", "application/json", 400, "malformed", id="a list"),
        pytest.param(b'"x"', "application/json", 400, "malformed", id="a string"),
        pytest.param(b'{"task": NaN}', "application/json", 400, "malformed", id="NaN"),
        pytest.param(b"\xff\xfe{}", "application/json", 400, "malformed", id="not UTF-8"),
        pytest.param(b"[" * 100_000, "application/json", 400, "malformed", id="very deep"),
        pytest.param(b'{"task": ' + b"9" * 5000 + b"}", "application/json", 400, "malformed",
                     id="a number of 5000 digits"),
        pytest.param(b" " * 600_000, "application/json", 413, "too-large", id="600 kB"),
        pytest.param(b"task=huber", "application/x-www-form-urlencoded", 415,
                     "unsupported-media-type", id="a form"),
        pytest.param(b"x", "", 415, "unsupported-media-type", id="no type"),
    ],
)  # fmt: skip
def test_a_body_that_is_no_json_object_is_a_problem(api, body, content_type, status, kind):
    response = api.generic("POST", URL, body, content_type=content_type)

    check(response, status, kind)
    assert not Submission.objects.exists()


def test_a_page_far_past_the_end_is_empty_and_leads_nowhere(api):
    api.post(URL, BODY)
    cursor = b64encode(urlencode({"p": "1900-01-01 00:00:00+00:00"}).encode())

    page = api.get(URL, {"cursor": cursor.decode()})

    assert (page.status_code, page.json()["results"], page.json()["next"]) == (200, [], None)


def test_an_address_without_its_slash_sends_on_with_method_and_body(api):
    response = api.post("/api/v1/submissions?x=1", {"task": "huber", "source": "x"})

    assert response.status_code == 308
    assert response["Location"] == "/api/v1/submissions/?x=1"


def test_an_unknown_address_without_a_slash_is_a_problem(api):
    assert api.post("/api/v1/nothing", {}).status_code == 404


def test_a_charset_in_the_content_type_is_fine(api):
    response = api.generic(
        "POST", URL, b'{"task": "huber", "source": "x"}', "application/json; charset=utf-8"
    )

    assert response.status_code == 202


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(None, id="no header"),
        pytest.param("", id="empty"),
        pytest.param("Bearer", id="no token"),
        pytest.param("Bearer mnm_aaaaaaaa_" + "b" * 40, id="unknown token"),
        pytest.param("Bearer \u00e9", id="not ASCII"),
        pytest.param("Bearer mnm__", id="empty parts"),
        pytest.param("Basic bW5tOg==", id="another scheme"),
    ],
)
def test_without_a_valid_token_nothing_opens(client, header):
    headers = {} if header is None else {"Authorization": header}

    response = client.get(URL, headers=headers)

    check(response, 401, "unauthenticated")
    assert response["WWW-Authenticate"] == 'Bearer realm="minima"'


def spoilt(text, how):
    prefix, secret = text.rsplit("_", 1)
    return {
        "wrong secret": f"{prefix}_{secret[::-1]}",
        "no mark": text.removeprefix("mnm_"),
        "other mark": text.replace("mnm_", "mmm_"),
    }[how]


@pytest.mark.parametrize("how", ["wrong secret", "no mark", "other mark"])
def test_a_spoilt_token_opens_nothing(client, organisation, how):
    _, text = issue_token(organisation, "t", ["read"])
    assert client.get(URL, headers={"Authorization": f"Bearer {text}"}).status_code == 200

    response = client.get(URL, headers={"Authorization": f"Bearer {spoilt(text, how)}"})

    check(response, 401, "unauthenticated")


@pytest.mark.parametrize("change", ["expires_at", "revoked_at"])
def test_an_expired_or_revoked_token_opens_nothing(api, change):
    ApiToken.objects.update(**{change: timezone.now() - timedelta(seconds=1)})

    check(api.get(URL), 401, "unauthenticated")


def test_a_session_of_the_pages_opens_nothing(client, make_member):
    client.force_login(make_member("owner"))

    check(client.get(URL), 401, "unauthenticated")


@pytest.mark.parametrize(
    ("scope", "method", "url", "allowed"),
    [
        ("read", "get", "/api/v1/tasks/", True),
        ("read", "get", URL, True),
        ("read", "head", URL, True),
        ("read", "post", URL, False),
        ("read", "get", "/api/v1/attempts/", True),
        ("grade", "get", "/api/v1/tasks/", True),
        ("grade", "post", URL, True),
        ("grade", "get", "/api/v1/attempts/", False),
        ("grade", "head", "/api/v1/attempts/", False),
    ],
)
def test_a_scope_opens_what_it_says(make_api, organisation, scope, method, url, allowed):
    client = make_api(organisation, scope)

    response = getattr(client, method)(url, *([BODY] if method == "post" else []))

    assert (response.status_code < 300) if allowed else response.status_code == 403


def test_a_forbidden_call_is_a_problem(make_api, organisation):
    check(make_api(organisation, "read").post(URL, BODY), 403, "forbidden")


def test_too_many_requests_are_a_problem_with_the_time_to_wait(api, settings):
    settings.API_REQUESTS_PER_MINUTE = 3
    responses = [api.get("/api/v1/tasks/") for _ in range(5)]

    # A minute may begin in between.
    assert responses[-1].status_code == 429
    check(responses[-1], 429, "rate-limited")
    assert 0 < int(responses[-1]["Retry-After"]) <= 60
    assert responses[-1]["X-RateLimit-Remaining"] == "0"


def test_every_answer_tells_how_much_may_be_asked_for(make_api, organisation, client, settings):
    settings.API_REQUESTS_PER_MINUTE = 50
    api = make_api(organisation, "read")
    answers = [api.get(URL), api.get(f"{URL}?x=1"), api.post(URL, BODY), api.put(URL), api.get(URL)]

    assert [each.status_code for each in answers] == [200, 400, 403, 405, 200]
    assert {each["RateLimit-Policy"] for each in answers} == {'"requests";q=50;w=60'}
    assert {each["X-RateLimit-Limit"] for each in answers} == {"50"}
    left = [int(each["X-RateLimit-Remaining"]) for each in answers]
    # A minute may begin in between, once.
    assert sum(before - after == 1 for before, after in pairwise(left)) >= 3
    for answer in answers:
        said = re.fullmatch(r'"requests";r=(\d+);t=(\d+)', answer["RateLimit"])
        assert said.groups() == (answer["X-RateLimit-Remaining"], answer["X-RateLimit-Reset"])
    assert client.get(URL)["RateLimit-Policy"] == '"requests";q=50;w=60'


def test_a_failure_of_ours_is_a_problem_without_its_details(api, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("secret")

    monkeypatch.setattr("assessments.api.views.submit_by_token", fail)

    problem = check(api.post(URL, BODY), 500, "internal")

    assert "secret" not in str(problem)


def test_the_use_of_a_token_is_noted_to_the_minute(api):
    api.get("/api/v1/tasks/")
    first = ApiToken.objects.get().last_used_at
    api.get("/api/v1/tasks/")

    assert first is not None
    assert ApiToken.objects.get().last_used_at == first


def test_a_token_is_kept_as_a_hash(organisation):
    token, text = issue_token(organisation, "t", ["read"])

    secret = text.rsplit("_", 1)[1]
    assert len(secret) == 40
    assert secret not in str(ApiToken.objects.values().get(pk=token.pk))
