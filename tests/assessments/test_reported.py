"""What candidates report of a question, as its authors see it."""

import pytest
from django.urls import reverse

from assessments import actions


@pytest.fixture
def page_of(client, organisation, make_member, choice):
    """The page of the question, for an author of the organisation."""

    def get(organisation=organisation, email="author@acme.example"):
        client.force_login(make_member("author", organisation, email))
        at = reverse("authoring:question", args=[organisation.slug, choice.question_id])
        return client.get(at)

    return get


def test_an_author_reads_what_candidates_reported_and_no_name(attempt, choice_question, page_of):
    actions.report_problem(attempt, choice_question, "Two <b>are</b> right.")

    page = page_of()

    assert page.status_code == 200
    assert "Reported by candidates" in page.text
    assert "Two &lt;b&gt;are&lt;/b&gt; right." in page.text
    assert "Ada" not in page.text


def test_reports_of_other_questions_and_of_the_whole_are_not_there(
    attempt, coding_question, page_of
):
    for question in (coding_question, None):
        actions.report_problem(attempt, question, "Something else.")

    assert "Something else." not in page_of().text


def test_authors_of_other_organisations_read_none_of_it(
    attempt, choice_question, page_of, stranger
):
    actions.report_problem(attempt, choice_question, "Two are right.")

    page = page_of(stranger, "author@other.example")

    assert page.status_code == 200
    assert "Two are right." not in page.text
