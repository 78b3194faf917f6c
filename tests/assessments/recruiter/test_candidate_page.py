"""A candidate's data at the desk: a copy of it, its erasure, and who looked at it."""

import json

import pytest
from django.urls import reverse

from assessments import actions
from assessments.data_copy import file_of
from assessments.models import AuditEntry, Candidate, Comment, Decision
from tests.assessments.conftest import words


@pytest.fixture
def finished(attempt):
    return actions.finish_attempt(attempt)


def page_of(candidate, name="candidate"):
    return reverse(f"recruiter:{name}", args=[candidate.pk])


def test_the_page_shows_what_there_is_of_a_candidate(sign_in, finished):
    actions.ask_for_erasure(finished.invitation)

    page = sign_in("recruiter").get(page_of(finished.candidate))

    assert "Ada" in words(page)
    assert "ada@example.com" in words(page)
    assert f'href="{finished.get_absolute_url()}"' in page.text
    assert "To be erased" in words(page)
    assert "waits for you" in words(page)


def test_opening_it_is_a_look_that_the_page_shows(sign_in, finished, make_member):
    robin = make_member(email="robin@acme.example")
    actions.note_look(finished, by=robin, what="report")

    page = sign_in("recruiter").get(page_of(finished.candidate))

    assert [line.text for line in page.context["lines"]] == [
        "r@acme.example opened the page of Ada",
        "robin@acme.example read the report of Ada at “First”",
    ]


def test_the_copy_is_that_of_the_candidate(sign_in, client, finished):
    theirs = client.post(reverse("candidate:copy", args=[finished.invitation.token])).json()

    response = sign_in("recruiter").post(page_of(finished.candidate, "candidate_copy"))

    ours = response.json()
    assert response["Content-Disposition"].endswith('.json"')
    for copy in (ours, theirs):
        del copy["made_at"], copy["invitations"][0]["data_requests"]
    assert ours == theirs


def test_the_whole_copy_has_what_members_wrote_and_decided(sign_in, finished):
    Comment.objects.create(attempt=finished, text="Quick and clear.")
    Decision.objects.create(attempt=finished, outcome="advance", reason="The best so far.")
    address = page_of(finished.candidate, "candidate_copy")

    whole = sign_in("owner").post(address, {"whole": "yes"})

    told = whole.json()["invitations"][0]["attempt"]
    assert told["comments"][0]["text"] == "Quick and clear."
    assert told["decisions"][0]["reason"] == "The best so far."
    assert "Quick and clear." not in sign_in("owner", email="o2@a.example").post(address).text
    looks = AuditEntry.objects.looks().order_by("pk").values_list("detail", flat=True)
    assert [each["what"] for each in looks] == ["whole_copy", "copy"]


def test_erasing_says_what_goes_and_asks_for_the_address(sign_in, finished):
    client, address = sign_in("recruiter"), page_of(finished.candidate, "candidate_erase")
    assert "Goes:" in words(client.get(page_of(finished.candidate)))

    refused = client.post(address, {"typed": "bob@example.com"})
    assert refused.status_code == 422
    assert "nothing was erased" in words(refused)
    assert Candidate.objects.get().name == "Ada"
    done = client.post(address, {"typed": " ADA@example.com "}, follow=True)

    erased = Candidate.objects.get()
    assert erased.erased_at
    assert f"as those of {erased.name}" in words(done)
    assert "Erase for good" not in done.text
    entry = AuditEntry.objects.get(verb="candidate.erased")
    assert (entry.actor, entry.target_id) == ("r@acme.example", str(erased.pk))


def test_an_attempt_that_goes_on_is_not_erased_and_the_page_says_why(sign_in, attempt):
    client = sign_in("recruiter")

    page = client.get(page_of(attempt.candidate))
    assert "it can be erased once it is over" in words(page)
    assert "Erase for good" not in page.text
    tried = client.post(
        page_of(attempt.candidate, "candidate_erase"), {"typed": "ada@example.com"}, follow=True
    )

    assert "it can be erased once it is over" in words(tried)
    assert Candidate.objects.get().name == "Ada"


def test_who_hides_names_types_a_word_instead(sign_in, finished, organisation):
    client = sign_in("recruiter")
    organisation.members.update(hides_names=True)

    page = client.get(page_of(finished.candidate))
    assert "Ada" not in words(page)
    assert "ada@example.com" not in page.text
    client.post(page_of(finished.candidate, "candidate_erase"), {"typed": "erase"})

    assert Candidate.objects.get().erased_at


def test_the_file_is_json_that_anybody_can_read(sign_in, finished):
    Candidate.objects.update(name="Zoë 小龙 🦉")
    response = sign_in("recruiter").post(page_of(finished.candidate, "candidate_copy"))

    assert json.loads(response.text)["candidate"]["email"] == "ada@example.com"
    assert '\n    "name": "Zoë 小龙 🦉"' in response.content.decode()


def test_what_no_encoding_has_is_written_as_json_writes_it():
    assert json.loads(file_of({"answer": "half \ud83d"}, "x.json").content) == {
        "answer": "half \ud83d"
    }
