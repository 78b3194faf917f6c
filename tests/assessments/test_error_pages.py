import pytest
from django.template.loader import render_to_string
from django.test import Client


def test_a_form_without_its_secret_says_what_to_do(invitation):
    client = Client(enforce_csrf_checks=True)

    response = client.post(f"{invitation.get_absolute_url()}start/", {"consent": "on"})

    assert response.status_code == 403
    assert "reload the page and send it again" in response.content.decode()


def test_a_draft_needs_no_cookie(attempt):
    client = Client(enforce_csrf_checks=True)
    url = f"{attempt.invitation.get_absolute_url()}questions/1/draft/"
    body = {"content": {"option": "a"}, "revision": 0}

    assert client.put(url, body, content_type="application/json").status_code == 200


def test_a_page_that_does_not_exist_says_so(client, db):
    response = client.get("/sit/")

    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()


@pytest.mark.parametrize("name", ["403.html", "404.html", "500.html", "403_csrf.html"])
def test_an_error_page_needs_no_request(name):
    """Django renders them without context when something is badly wrong."""
    assert "<h1>" in render_to_string(name)
