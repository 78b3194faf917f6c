"""Writing a draft: what is saved, what is refused and why, and two people at once."""

import pytest
from django.urls import reverse

from assessments import actions
from assessments.actions import arranging, picking
from assessments.models import AssessmentVersion, AuditEntry
from tests.assessments.conftest import words
from tests.assessments.recruiter.building.conftest import address, ask


def test_an_assessment_begins_with_a_title_and_nothing_else(recruiter, organisation):
    answer = recruiter.post(reverse("recruiter:new_assessment"), {"title": "Losses at work"})

    made = AssessmentVersion.objects.get()
    assert answer.headers["Location"] == address("edit_version", made)
    assert (made.title, made.number, made.published_at) == ("Losses at work", 1, None)
    assert made.assessment.slug == "losses-at-work"
    assert made.assessment.organisation == organisation
    assert AuditEntry.objects.get().verb == "assessment.created"


def test_texts_and_settings_are_stored_as_they_were_typed(writer, draft):
    writer.save("texts", title="Losses", intro="Two\r\nlines")
    writer.save("settings", minutes="40", pass_mark="72.5", max_submissions="3", reviewers="2")

    draft.refresh_from_db()
    assert (draft.title, draft.intro) == ("Losses", "Two\nlines")
    assert (draft.minutes, draft.pass_mark, draft.max_submissions) == (40, 0.725, 3)
    assert draft.reviewers == 2
    assert draft.notes_allowed, "a box that was ticked stays so"


def test_a_box_without_its_tick_is_off(writer, draft):
    writer.save("settings", leave_out=["records_events"])

    draft.refresh_from_db()
    assert not draft.records_events
    assert draft.notes_allowed


def test_what_is_right_is_stored_and_what_is_not_is_named(writer, draft):
    answer = writer.save("settings", minutes="0", max_attempts="2")

    draft.refresh_from_db()
    assert answer.status_code == 422
    assert (draft.minutes, draft.max_attempts) == (30, 2)
    assert "greater than or equal to 1" in words(answer)
    assert 'name="minutes" value="0"' in answer.text, "what was typed is still there"


def test_a_save_by_script_answers_with_what_changed_alone(writer, draft):
    answer = writer.save("settings", htmx=True, minutes="40")

    assert answer.status_code == 200
    assert '<input type="hidden" name="initial-minutes" value="40"' in answer.text
    assert 'id="summary"' in answer.text
    assert "of 40 minutes" in words(answer)
    assert 'name="minutes"' not in answer.text, "what one types into is left alone"


def test_two_people_who_type_into_different_fields_both_save(writer, colleague, draft):
    writer.save("texts", title="Mine")
    answer = colleague.save("texts", intro="Theirs")

    draft.refresh_from_db()
    assert answer.status_code == 302
    assert (draft.title, draft.intro) == ("Mine", "Theirs")


@pytest.mark.parametrize("htmx", [True, False], ids=["by script", "without scripts"])
def test_who_types_over_somebody_else_is_asked_first(writer, colleague, draft, htmx):
    writer.save("texts", title="Mine")
    answer = colleague.save("texts", htmx=htmx, title="Theirs", intro="And an intro")

    draft.refresh_from_db()
    assert answer.status_code == 409
    assert "Somebody changed this in between: now it says “Mine”." in words(answer)
    assert (draft.title, draft.intro) == ("Mine", "And an intro"), "the rest is stored"
    assert htmx or 'value="Theirs"' in answer.text
    assert f'value="title" hx-post="{address("save_texts", draft)}"' in answer.text


def test_typing_on_does_not_count_as_a_decision_but_keep_mine_does(writer, colleague, draft):
    writer.save("texts", title="Mine")
    refused = colleague.save("texts", title="Theirs")
    colleague.page = refused.text

    again = colleague.save("texts", title="Theirs, longer")
    assert again.status_code == 409

    kept = colleague.save("texts", title="Theirs, longer", keep="title")
    draft.refresh_from_db()
    assert kept.status_code == 302
    assert draft.title == "Theirs, longer"


def test_after_a_refusal_the_fields_that_were_stored_can_be_changed_again(writer, colleague, draft):
    writer.save("texts", title="Mine")
    refused = colleague.save("texts", title="Theirs", intro="First")
    colleague.page = refused.text
    colleague.save("texts", intro="Second")

    draft.refresh_from_db()
    assert draft.intro == "Second"


def test_a_weight_is_stored_with_its_section(writer, draft):
    place, section = draft.questions.first(), draft.sections.first()

    writer.save("questions", **{f"q{place.pk}-weight": "2.5", f"s{section.pk}-title": "First"})

    place.refresh_from_db()
    section.refresh_from_db()
    assert (place.weight, section.title) == (2.5, "First")


def test_a_weight_that_is_none_is_named_beside_it(writer, draft):
    place = draft.questions.first()

    answer = writer.save("questions", htmx=True, **{f"q{place.pk}-weight": "0"})

    place.refresh_from_db()
    assert answer.status_code == 422
    assert place.weight == 5.0
    told = answer.text.split(f'id="told-q{place.pk}-weight"')[1].split("</div>")[0]
    assert "greater than or equal to 0.1" in told


def test_a_button_saves_what_was_typed_beside_it(writer, draft, order):
    first = draft.questions.order_by("position").first()

    writer.press(f"down:{first.pk}", **{f"q{first.pk}-weight": "7"})

    first.refresh_from_db()
    assert (first.position, first.weight) == (2, 7.0)
    assert order(draft) == {"One": ["beta", "alpha"], "Two": ["gamma"]}


def test_a_button_of_a_part_that_is_gone_says_so_and_loses_nothing(writer, colleague, draft):
    first, second, _ = draft.questions.order_by("position")
    writer.press(f"remove:{first.pk}")

    answer = colleague.press(f"up:{first.pk}", **{f"q{second.pk}-weight": "9"})

    assert answer.status_code == 409
    assert "somebody removed it in between" in words(answer)
    assert "9" in words(answer), "to be copied"


def test_who_has_an_older_arrangement_before_them_is_told(writer, colleague, draft):
    picking.add_questions(draft, [ask("delta").pk])
    place = draft.questions.first()

    answer = colleague.save("questions", htmx=True, **{f"q{place.pk}-weight": "3"})

    place.refresh_from_db()
    assert place.weight == 3.0
    assert "Somebody else added, moved or removed something here" in words(answer)


def test_a_draft_that_was_published_in_between_takes_nothing(writer, draft):
    actions.publish_assessment(draft)

    answer = writer.save("texts", title="Too late")

    draft.refresh_from_db()
    assert answer.status_code == 409
    assert "was published: it never changes any more" in words(answer)
    assert "Too late" in words(answer), "to be copied"
    assert draft.title == "Second"


def test_the_editor_of_a_published_version_leads_to_what_it_says(recruiter, version):
    answer = recruiter.get(address("edit_version", version))

    assert answer.headers["Location"] == address("version", version)


def test_the_page_names_what_hinders_publishing_with_a_link_to_the_place(writer, draft):
    section = arranging.add_section(draft, "Three")
    writer.open()

    assert f'<a href="#section-{section.pk}">The section “Three” is empty' in writer.page
    assert f'id="section-{section.pk}"' in writer.page


def test_the_editor_takes_as_many_queries_for_many_questions(
    writer, draft, django_assert_max_num_queries, django_assert_num_queries
):
    with django_assert_max_num_queries(40) as few:
        writer.open()
    picking.add_questions(
        draft, [ask(f"more-{number}", topics=["regression"]).pk for number in range(6)]
    )

    with django_assert_num_queries(len(few)):
        writer.open()
