"""Who belongs to several organisations works in one at a time, and sees nothing of the others."""

import pytest
from django.test import Client
from django.urls import reverse

from assessments.models import Assessment, Attempt, Member, Organisation, User
from tests.assessments.conftest import words

DESK = reverse("recruiter:dashboard")
SWITCH = reverse("recruiter:switch")


@pytest.fixture
def both(make_member, organisation, stranger):
    """An owner of Acme who recruits for Other."""
    user = make_member("owner")
    Member.objects.create(user=user, organisation=stranger, role="recruiter")
    return user


@pytest.fixture
def client(both):
    found = Client()
    found.force_login(both)
    return found


@pytest.fixture
def elsewhere(make_version, stranger):
    """The page of an assessment of Other's."""
    version = make_version(stranger, slug="theirs")
    return version.assessment.get_absolute_url()


def switch(client, organisation, **more):
    return client.post(SWITCH, {"organisation": organisation.slug} | more, follow=True)


def test_the_first_by_name_is_worked_in_first(client):
    page = words(client.get(DESK))

    assert "Owner of Acme" in page
    assert "Work in Other" in page
    assert "Work in Acme" not in page


def test_rows_of_the_other_organisation_are_not_there_until_one_goes_there(
    client, version, elsewhere, stranger
):
    here = version.assessment.get_absolute_url()
    assert (client.get(here).status_code, client.get(elsewhere).status_code) == (200, 404)

    page = switch(client, stranger)

    assert "You work in Other now." in words(page)
    assert "Recruiter of Other" in words(page)
    assert (client.get(here).status_code, client.get(elsewhere).status_code) == (404, 200)


def test_every_way_to_rows_keeps_to_one_organisation(both, make_attempt, stranger):
    mine = make_attempt().organisation

    for found, method in [
        (found, method)
        for found in (Attempt.objects, Assessment.objects)
        for method in ("visible_to", "managed_by", "run_by")
    ]:
        both.works_in = mine.pk
        both.__dict__.pop("member", None)
        assert getattr(found, method)(both).count() == 1, method
        both.works_in = stranger.pk
        del both.member
        assert getattr(found, method)(both).count() == 0, method
    assert list(Organisation.objects.visible_to(both)) == [stranger]
    assert list(Organisation.objects.managed_by(both)) == [stranger]
    assert list(Organisation.objects.run_by(both)) == []


def test_a_link_to_the_other_organisation_says_where_to_look_and_leads_there(
    client, elsewhere, stranger
):
    page = client.get(f"{elsewhere}?page=1")
    assert page.status_code == 404
    assert "This is not in Acme" in words(page)
    assert "Look in Other" in words(page)
    assert "First" not in words(page)

    landed = switch(client, stranger, next=f"{elsewhere}?page=1")

    assert landed.redirect_chain == [(f"{elsewhere}?page=1", 302)]
    assert "First" in words(landed)


def test_a_form_that_found_nothing_is_not_sent_again(client, elsewhere):
    page = client.post(f"{elsewhere}invite/", {"name": "Grace"})

    assert "Work in Other" in words(page)
    assert 'name="next" value=""' in page.text


def test_who_has_one_organisation_is_told_nothing_of_others(sign_in, elsewhere):
    page = sign_in("owner").get(elsewhere)

    assert page.status_code == 404
    assert "There is nothing here" in words(page)
    assert "Other" not in words(page)


def test_nobody_goes_to_an_organisation_that_is_not_theirs(sign_in, stranger):
    client = sign_in("owner")

    assert client.post(SWITCH, {"organisation": stranger.slug}).status_code == 404
    assert "Owner of Acme" in words(client.get(DESK))


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_a_switch_leads_nowhere_else(client, stranger, address):
    answer = client.post(SWITCH, {"organisation": stranger.slug, "next": address})

    assert answer.headers["Location"] == DESK


def test_each_session_works_where_it_chose(client, both, stranger):
    other = Client()
    other.force_login(both)
    switch(client, stranger)

    assert "Recruiter of Other" in words(client.get(DESK))
    assert "Owner of Acme" in words(other.get(DESK))


def test_a_form_of_a_tab_of_the_other_organisation_makes_nothing_here(client, both, stranger):
    tokens = reverse("recruiter:token_list")
    Member.objects.filter(user=both).update(role="owner")
    form = {"name": "payroll", "scopes": ["read"], "made_in": "acme"}
    switch(client, stranger)

    page = client.post(tokens, form, headers={"Referer": f"http://testserver{tokens}"})

    assert page.status_code == 409
    assert "That page is of Acme, and you went over to Other" in words(page)
    assert not stranger.tokens.exists()
    back = client.post(SWITCH, {"organisation": "acme", "next": f"http://testserver{tokens}"})
    assert back.headers["Location"].endswith(tokens)
    assert client.post(tokens, form).status_code == 302
    assert both.member.organisation.tokens.count() == 1


def test_a_form_of_somebody_elses_organisation_is_nothing_special(sign_in, stranger):
    form = {"name": "Ada", "made_in": stranger.slug}

    assert sign_in("owner").post(reverse("recruiter:account"), form).status_code == 302


def test_the_next_sign_in_begins_where_one_worked_last(client, both, stranger):
    switch(client, stranger)
    later = Client()
    later.force_login(User.objects.get(pk=both.pk))

    assert "Recruiter of Other" in words(later.get(DESK))


def test_questions_are_written_for_the_organisation_that_one_works_in(client, stranger, both):
    Member.objects.filter(organisation=stranger).update(role="author")
    home = reverse("authoring:home")
    assert client.get(home).headers["Location"] == reverse("authoring:list", args=["acme"])
    assert client.get(reverse("authoring:list", args=["other"])).status_code == 404

    switch(client, stranger)

    assert client.get(home).headers["Location"] == reverse("authoring:list", args=["other"])
    assert client.get(reverse("authoring:list", args=["acme"])).status_code == 404


def test_a_removed_member_is_signed_out_at_the_next_request(client, both, organisation):
    assert client.get(DESK).status_code == 200
    Member.objects.filter(user=both, organisation=organisation).delete()

    page = client.get(DESK, follow=True)

    assert page.redirect_chain[-1][0] == reverse("account_login")
    assert "You are no longer a member of that organisation." in words(page)
    assert client.get(DESK).status_code == 302


def test_a_role_that_was_taken_away_is_gone_at_the_next_request(client, both, version):
    Member.objects.filter(user=both).update(role="author")

    assert client.get(version.assessment.get_absolute_url()).status_code == 404
