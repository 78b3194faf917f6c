"""What is sent again, what is waited for, and what is taken for an answer."""

from types import SimpleNamespace

import pytest
import requests

from minima_client import (
    AnswerLost,
    Client,
    Misconfigured,
    NotFound,
    Patience,
    RateLimited,
    ServerFailed,
    UnexpectedAnswer,
    Unreachable,
)  # fmt: skip


class Scripted(requests.adapters.BaseAdapter):
    """Answers in their turn, and notes what was asked."""

    def __init__(self, *answers):
        super().__init__()
        self.answers, self.asked = list(answers), []

    def send(self, request, **options):
        self.asked.append(request)
        status, headers, body = self.answers.pop(0)
        answer = requests.Response()
        answer.status_code, answer.url, answer.request = status, request.url, request
        answer.headers.update(headers)
        answer._content = body
        return answer

    def close(self):
        pass


@pytest.fixture
def scripted():
    """Makes a client of answers that are written down."""

    def make(*answers, **options):
        session, adapter = requests.Session(), Scripted(*answers)
        session.mount("https://", adapter)
        slept = []
        client = Client(
            "https://minima.example.com/api/v1/", "mnm_t", session=session, sleep=slept.append,
            **options,
        )  # fmt: skip
        return SimpleNamespace(client=client, asked=adapter.asked, slept=slept)

    return make


LIST = (200, {}, b"[]")
IN_A_MINUTE = "Wed, 21 Oct 2099 07:28:00 GMT"


def test_a_busy_server_is_asked_again_when_it_said(scripted):
    found = scripted(
        (503, {"Retry-After": "7"}, b""),
        (502, {}, b"<html>"),
        (
            409,
            {},
            b'{"type": "/api/v1/problems/in-progress/", "detail": "Wait."}',
        ),
        LIST,
    )

    assert found.client.tasks.list() == []
    assert 7 <= found.slept[0] <= 8
    assert found.slept[1] < found.slept[2] < 5


def test_a_change_that_a_proxy_lost_is_not_made_again(scripted):
    found = scripted((504, {}, b"<html>"), LIST)

    with pytest.raises(AnswerLost, match="Read it again"):
        found.client.invitations.accommodate("7", SimpleNamespace(etag='"a"'), untimed=True)
    assert (len(found.asked), found.asked[0].headers["If-Match"]) == (1, '"a"')


def test_nobody_waits_for_longer_than_the_bound(scripted):
    for wait in ("86400", IN_A_MINUTE):
        found = scripted((429, {"Retry-After": wait}, b"{}"), LIST)
        with pytest.raises(RateLimited):
            found.client.tasks.list()
        assert found.slept == []


def test_tries_have_an_end(scripted):
    found = scripted(*[(503, {}, b"")] * 3, patience=Patience(tries=3))

    with pytest.raises(ServerFailed, match="503"):
        found.client.tasks.list()
    assert (len(found.asked), len(found.slept)) == (3, 2)


def test_what_is_deleted_already_was_deleted_by_us(scripted):
    gone = (
        404,
        {},
        b'{"type": "/api/v1/problems/not-found/", "detail": "Nothing."}',
    )
    found = scripted((504, {}, b""), gone, gone)

    found.client.webhooks.remove("7")
    with pytest.raises(NotFound):
        found.client.webhooks.remove("7")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param((301, {"Location": "https://evil.example/"}, b""), "sends on", id="elsewhere"),
        pytest.param((200, {}, b"<html>"), "not JSON", id="a page"),
        pytest.param((404, {}, b"<html>"), "404", id="another server"),
        pytest.param((200, {}, b'[{"slug": "huber"}]'), "title", id="a field less"),
        pytest.param((200, {}, b'[{"slug": 1}]'), "int instead of str", id="another type"),
        pytest.param((200, {}, b"{}"), "dict instead of list", id="no list"),
    ],
)
def test_answers_that_are_none_of_minima_are_told_apart(scripted, answer, said):
    found = scripted(answer)

    with pytest.raises(UnexpectedAnswer, match=said):
        found.client.tasks.list()
    assert len(found.asked) == 1


def test_fields_of_a_newer_server_are_left_out(scripted):
    [task] = scripted(
        (200, {}, b'[{"slug": "a", "title": "b", "signature": "c", "sentence": "d", "new": 1}]')
    ).client.tasks.list()

    assert task.slug == "a"


def test_the_next_page_is_asked_of_the_same_server(scripted):
    first = b'{"next": "http://inside:8000/api/v1/members/?cursor=cD0x", "results": []}'
    found = scripted((200, {}, first), (200, {}, b'{"next": null, "results": []}'))

    assert list(found.client.members.list()) == []
    assert [each.url for each in found.asked] == [
        "https://minima.example.com/api/v1/members/?page_size=200",
        "https://minima.example.com/api/v1/members/?page_size=200&cursor=cD0x",
    ]


def test_the_token_goes_along_whatever_netrc_says(scripted, tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("machine minima.example.com login a password b\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    found = scripted(LIST)
    found.client.tasks.list()

    assert found.asked[0].headers["Authorization"] == "Bearer mnm_t"


def test_where_nothing_answers_it_is_tried_and_told():
    slept = []
    with (
        Client("http://127.0.0.1:9", "mnm_t", sleep=slept.append) as nobody,
        pytest.raises(Unreachable, match="refused"),
    ):
        nobody.tasks.list()
    assert len(slept) == Patience().tries - 1


@pytest.mark.parametrize(
    ("url", "token"),
    [("minima.example.com", "mnm_t"), ("https://a:b@minima.example.com", "mnm_t"), ("", "mnm_t"),
     ("http://[", "mnm_t"),
     ("https://minima.example.com", ""), ("https://minima.example.com", "mnm_secret\nx")],
)  # fmt: skip
def test_addresses_and_tokens_that_are_none_are_refused(url, token):
    with pytest.raises(Misconfigured) as refused:
        Client(url, token)
    assert "secret" not in str(refused.value)
