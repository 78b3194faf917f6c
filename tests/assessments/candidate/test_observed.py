"""What a page tells beside the answers: its tab, integrity events, how code grew."""

from datetime import timedelta

import pytest
from django.utils import timezone

from assessments import actions
from assessments.actions import observing
from assessments.models import Attempt, CodeSnapshot
from grader.catalogue import get
from grader.catalogue.starter import starter

A, B = {"option": "a"}, {"option": "b"}


@pytest.fixture
def put(client, sit):
    """Saves a draft with whatever else its body says."""

    def save(position, content, revision, **more):
        body = {"content": content, "revision": revision} | more
        return client.put(sit(f"questions/{position}/draft/"), body, "application/json")

    return save


@pytest.fixture
def tell(client, sit):
    """Sends a batch of events, or whatever body."""

    def post(*events, body=None):
        return client.post(sit("events/"), body or {"events": events}, "application/json")

    return post


@pytest.fixture
def tab(client, sit):
    def post(name, **wish):
        return client.post(sit("tab/"), {"tab": name} | wish, "application/json")

    return post


def event(kind="paste", **fields):
    return {"key": "k1", "kind": kind, "age": 0} | fields


# Tabs -------------------------------------------------------------------------------------------


def test_a_second_tab_is_told_so_until_it_takes_over(attempt, tab, put):
    assert tab("one").status_code == 200
    assert tab("two").status_code == 423
    assert put(1, A, 0, tab="two").status_code == 423
    assert put(1, A, 0, tab="one").status_code == 200

    assert tab("two", take=True).status_code == 200

    response = put(1, B, 1, tab="one")
    assert response.status_code == 423
    assert response.json()["detail"] == "You went on in another tab or on another device."
    assert put(1, B, 1, tab="two").status_code == 200


def test_the_clock_names_the_tab_that_saves(client, sit, attempt, tab):
    tab("one")

    assert client.get(sit("clock/")).json()["tab"] == "one"


def test_a_form_without_scripts_is_saved_whatever_tab_is_open(client, sit, attempt, tab):
    tab("one")

    assert client.post(sit("questions/1/"), {"option": "b", "revision": "0"}).status_code == 302
    assert attempt.answers.get().content == B


@pytest.mark.parametrize("purpose", ["run", "submit"])
def test_code_of_another_tab_is_not_taken(client, sit, attempt, tab, purpose):
    tab("one")

    response = client.post(
        sit(f"questions/2/{purpose}/"), {"source": "x = 1", "tab": "two"}, HTTP_HX_REQUEST="true"
    )

    assert "You went on in another tab" in response.content.decode()
    assert "tab:elsewhere" in response["HX-Trigger"]
    assert not attempt.submissions.exists()


@pytest.mark.parametrize("body", ["[]", "{}", '{"tab": "no spaces"}', '{"tab": 3}', "nothing"])
def test_a_tab_without_a_name_claims_nothing(client, sit, attempt, body):
    assert client.post(sit("tab/"), body, "application/json").status_code == 422
    attempt.refresh_from_db()
    assert attempt.tab == ""


def test_before_the_start_and_after_the_end_there_is_nothing_to_claim(invitation, tab, tell):
    assert tab("one").status_code == tell(event()).status_code == 410

    attempt = actions.start_attempt(invitation)
    actions.finish_attempt(attempt)

    assert tab("one").status_code == tab("one", take=True).status_code == 410


def test_after_the_end_a_draft_learns_what_counted(attempt, put, past_deadline):
    put(1, A, 0)
    past_deadline(attempt, 30)

    response = put(1, B, 1)

    assert response.status_code == 410
    assert response.json()["content"] == A
    assert put(2, {"source": "x"}, 0).json()["content"] == {}


def test_a_stale_draft_comes_back_in_words_beside_the_stored_one(attempt, put):
    put(1, A, 0)

    found = put(1, B, 0).json()

    assert (found["said"], found["sent_said"]) == ("This", "That")


# Events -----------------------------------------------------------------------------------------


def test_events_are_kept_with_their_time_and_size(attempt, tell):
    before = timezone.now()
    Attempt.objects.update(started_at=before - timedelta(minutes=9))

    response = tell(
        event("paste", size=340, question=2, detail={"own": 1}),
        event("focus_lost", key="k2", seconds=12.5, age=60),
        event("resize", key="k3", detail={"narrower": 400, "lower": 0}),
    )

    assert response.status_code == 204
    paste, away, resize = (attempt.events.get(key=key) for key in ("k1", "k2", "k3"))
    assert (paste.kind, paste.size, paste.question.position) == ("paste", 340, 2)
    assert paste.detail == {"own": 1}
    assert (away.seconds, away.size, away.question) == (12.5, None, None)
    assert timedelta(seconds=59) < before - away.at < timedelta(seconds=61)
    assert resize.detail == {"narrower": 400, "lower": 0}


def test_an_event_that_is_sent_twice_is_kept_once(attempt, tell):
    tell(event(size=3))
    tell(event(size=3), event(key="k2"))

    assert attempt.events.filter(kind="paste").count() == 2


def test_no_event_is_older_than_its_attempt_or_newer_than_its_end(attempt, tell):
    tell(event(age=80_000))
    actions.finish_attempt(attempt)
    tell(event(key="k2"))

    attempt.refresh_from_db()
    times = [each.at for each in attempt.events.filter(kind="paste")]
    assert times == [attempt.started_at, attempt.finished_at]


def test_long_after_the_end_nothing_is_told_any_more(attempt, tell):
    actions.finish_attempt(attempt)
    Attempt.objects.update(finished_at=timezone.now() - timedelta(hours=2))

    assert tell(event()).status_code == 410
    assert not attempt.events.filter(kind="paste").exists()


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param(event("takeover"), id="what only the server sees"),
        pytest.param(event("address"), id="an address"),
        pytest.param(event("cheated"), id="no such kind"),
        pytest.param(event(["paste"]), id="a list for a kind"),
        pytest.param(event(key="a:b"), id="a key of the server's"),
        pytest.param(event(key="k" * 41), id="a long key"),
        pytest.param(event(key=None), id="no key"),
        pytest.param(event(age="1"), id="an age in letters"),
        pytest.param("paste", id="a word"),
    ],
)
def test_an_odd_event_is_left_out(attempt, tell, odd):
    assert tell(odd, event(key="fine", size="9", seconds=True, question="2")).status_code == 204

    kept = attempt.events.exclude(kind="address").get()
    assert (kept.key, kept.size, kept.seconds, kept.question) == ("fine", None, None, None)


def test_a_number_longer_than_any_float_is_bounded_like_others(attempt, tell, put, coding_question):
    longest = 10**400

    assert tell(event(size=longest), event(key="k2", age=longest)).status_code == 204
    growth = [{"age": longest, "changes": [[0, 0, "x"]]}]
    assert put(2, {"source": "x"}, 0, growth=growth).status_code == 200

    assert attempt.events.get(key="k1").size == 10_000_000


@pytest.mark.parametrize("body", ["x", "[]", "{}", '{"events": 3}', "[" * 100_000])
def test_a_body_without_events_is_refused(attempt, tell, body):
    assert tell(body=body).status_code == 422


def test_numbers_are_bounded_and_foreign_details_left_out(attempt, tell):
    tell(event(size=10**30, seconds=-5, detail={"own": 10**12, "text": "x" * 10_000}))

    kept = attempt.events.get(kind="paste")
    assert (kept.size, kept.seconds, kept.detail) == (10_000_000, 0, {"own": 100_000})


def test_no_page_fills_the_database(attempt, tell, monkeypatch):
    monkeypatch.setattr(observing, "MOST_EVENTS", 150)
    for batch in range(3):
        tell(*(event(key=f"{batch}-{number}") for number in range(120)))

    assert attempt.events.count() == 150


def test_where_nothing_is_recorded_nothing_is(make_version, organisation, client):
    version = make_version(organisation, slug="quiet", records_events=False)
    invitation = actions.invite(version, "Bob", "bob@example.com")
    attempt = actions.start_attempt(invitation)
    url = invitation.get_absolute_url()

    answered = client.post(f"{url}events/", {"events": [event()]}, "application/json")
    page = client.get(f"{url}questions/1/").content.decode()

    assert answered.status_code == 204
    assert not attempt.events.exists()
    assert "data-events-url" not in page


# Addresses --------------------------------------------------------------------------------------


def addresses(attempt):
    return [event.detail["address"] for event in attempt.events.filter(kind="address")]


def test_each_network_is_noted_once(client, sit, attempt):
    for address in ["192.0.2.1", "192.0.2.1", "198.51.100.7", "192.0.2.1"]:
        client.get(sit("clock/"), REMOTE_ADDR=address)

    assert addresses(attempt) == ["192.0.2.1", "198.51.100.7"]


def test_a_machine_that_changes_the_second_half_of_its_address_is_one(client, sit, attempt):
    for address in ["2001:db8::1", "2001:db8::2:3", "2001:db8:0:1::1", "::ffff:192.0.2.1"]:
        client.get(sit("clock/"), REMOTE_ADDR=address)

    assert addresses(attempt) == ["2001:db8::/64", "2001:db8:0:1::/64", "192.0.2.1"]


@pytest.mark.parametrize(
    ("behind", "noted"),
    [
        pytest.param(True, "198.51.100.7", id="the last, which our proxy wrote"),
        pytest.param(False, "192.0.2.1", id="none of it where there is no proxy"),
    ],
)
def test_what_a_client_says_of_its_address_is_not_believed(
    client, sit, attempt, settings, behind, noted
):
    settings.BEHIND_PROXY = behind
    forwarded = "203.0.113.9, 198.51.100.7"

    client.get(sit("clock/"), REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=forwarded)

    assert addresses(attempt) == [noted]


def test_an_address_that_is_none_is_not_noted(client, sit, attempt):
    client.get(sit("clock/"), REMOTE_ADDR="")

    assert addresses(attempt) == []


# Growth -----------------------------------------------------------------------------------------


def test_how_code_grew_comes_with_its_draft(attempt, put):
    begun = starter(get("huber"))
    end = len(begun)
    growth = [
        {"age": 20, "changes": [[end, end, "# 🙂"]]},
        {"age": 10, "changes": [[end + 3, end + 3, "!"]]},
    ]
    Attempt.objects.update(started_at=timezone.now() - timedelta(minutes=9))

    put(2, {"source": f"{begun}# 🙂!"}, 0, growth=growth)

    first, second = CodeSnapshot.objects.all()
    assert [first.changes, second.changes] == [step["changes"] for step in growth]
    assert timedelta(seconds=9.9) < second.at - first.at < timedelta(seconds=10.1)


@pytest.mark.parametrize(
    "growth",
    [
        pytest.param("x", id="a word"),
        pytest.param([{}], id="nothing in it"),
        pytest.param([{"age": 1, "changes": []}], id="no changes"),
        pytest.param([{"age": 1, "changes": [[0, 1]]}], id="no text"),
        pytest.param([{"age": 1, "changes": [[0, True, "x"]]}], id="true for a place"),
        pytest.param([{"age": 1, "changes": [[0, 10**6, "x"]]}], id="beyond the end"),
        pytest.param([{"age": 1, "changes": [[0, 0, "y"]]}], id="to another text"),
        pytest.param([{"age": 1, "changes": [[0, 0, "\ud800"]]}], id="half a character"),
        pytest.param([{"age": 1, "changes": [[0, 0, "x"]]}] * 501, id="too many steps"),
    ],
)
def test_growth_that_leads_elsewhere_costs_no_save(attempt, put, growth):
    assert put(2, {"source": "x = 1"}, 0, growth=growth).status_code == 200

    assert attempt.answers.get().content == {"source": "x = 1"}
    assert CodeSnapshot.objects.count() == 1
