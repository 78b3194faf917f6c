"""Which language the candidate's pages are in, the switch between them, and what scripts say."""

import re

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import translation

from assessments.candidate import script_words
from assessments.models import Answer, Invitation

# Which language -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        (None, "en"),
        ("de", "de"),
        ("de-CH;q=0.9, fr", "de"),
        ("fr, it", "en"),
        ("en-GB, de;q=0.9", "en"),
        ("x" * 500, "en"),
    ],
    ids=["none", "German", "Swiss", "neither", "English first", "nonsense"],
)
def test_the_browser_is_asked(sit, asked, spoken):
    response = Client(headers={"Accept-Language": asked} if asked else {}).get(sit())

    assert response["Content-Language"] == spoken
    assert f'<html lang="{spoken}">' in response.text


def test_the_recruiters_choice_goes_before_the_browser(client, german, invitation, sit):
    Invitation.objects.update(language="de")
    assert client.get(sit())["Content-Language"] == "de"

    Invitation.objects.update(language="en")
    assert german.get(sit())["Content-Language"] == "en"


def choose(client, sit, language, page=""):
    return client.post(f"/sit/language/?language={language}", {"page": page or sit()})


def test_the_candidates_choice_goes_before_all(client, invitation, sit):
    Invitation.objects.update(language="en")

    response = choose(client, sit, "de")

    assert response["Location"] == sit()
    assert client.get(sit())["Content-Language"] == "de"
    assert client.get(sit("check/"))["Content-Language"] == "de"
    assert response.cookies["language"]["path"] == "/sit/"
    choose(client, sit, "en")
    assert client.get(sit())["Content-Language"] == "en"


@pytest.mark.parametrize("language", ["", "fr", "../../etc", "de" * 99])
def test_an_unknown_language_changes_nothing(client, sit, language):
    assert "language" not in choose(client, sit, language).cookies
    client.cookies["language"] = language
    assert client.get(sit())["Content-Language"] == "en"


@pytest.mark.parametrize(
    "page",
    ["https://evil.example/sit/", "//evil.example/sit/", "/desk/", "/sit/\\\\evil", "", "sit"],
)
def test_a_choice_leads_to_pages_of_the_candidate_only(client, db, page):
    response = client.post("/sit/language/?language=de", {"page": page})

    assert response.status_code == 404 or response["Location"].startswith("/sit/")
    assert "evil.example" not in response.get("Location", "")


def test_every_page_offers_each_language_as_it_calls_itself(german, sit):
    page = BeautifulSoup(german.get(sit()).text, "html.parser")

    assert [(each["lang"], each.text) for each in page.select(".m-language")] == [
        ("en", "English"),
        ("de", "Deutsch"),
    ]
    assert page.select_one(".m-language[aria-current]").text == "Deutsch"


def test_after_a_refused_form_the_way_back_is_a_page_that_can_be_opened(german, sit):
    page = BeautifulSoup(german.post(sit("start/"), {}).text, "html.parser")

    assert page.select_one(".m-languages [name=page]")["value"] == sit()


@pytest.mark.parametrize("address", ["/accounts/login/", "/desk/", "/api/v1/attempts/", "/study/"])
def test_everything_else_is_english_in_a_german_browser(german, make_member, address):
    german.cookies["language"] = "de"
    german.force_login(make_member())

    response = german.get(address, follow=True)

    assert "Content-Language" not in response.headers
    assert '<html lang="de"' not in response.text
    assert not re.search(r"\b(Anmelden|Nicht gefunden|Bitte|und|Pflichtfeld)\b", response.text)


def test_a_mistake_at_the_desk_is_named_in_english(german, make_member, version):
    german.force_login(make_member())

    page = german.post(f"/desk/assessments/{version.assessment.pk}/invite/", {"name": ""})

    assert "This field is required." in page.text


@pytest.mark.parametrize("language", ["", "de", "fr"])
def test_recruiters_pick_a_language_for_an_invitation(client, make_member, version, language):
    client.force_login(make_member())
    page = f"/desk/assessments/{version.assessment.pk}/"
    form = {"name": "Ada", "email": "ada@example.com", "days": "7", "language": language}

    response = client.post(f"{page}invite/", form)

    made = [each.language for each in Invitation.objects.all()]
    assert (response.status_code, made) == ((422, []) if language == "fr" else (302, [language]))


def test_a_sitting_leaves_no_language_behind(german, sit):
    german.get(sit())

    assert translation.get_language() == "en"


# Without scripts the switch saves -----------------------------------------------------------------


def test_the_switch_on_a_question_saves_what_was_typed(client, sit, attempt):
    page = BeautifulSoup(client.get(sit("questions/1/")).text, "html.parser")
    switch = page.select_one(".m-language[lang=de]")
    form = {"option": "b", "revision": "0"}

    response = client.post(switch["formaction"], form)

    assert switch["form"] == "answer"
    assert response["Location"] == sit("questions/1/")
    assert Answer.objects.get().content == {"option": "b"}
    assert client.get(sit("questions/1/"))["Content-Language"] == "de"


def test_the_switch_on_an_older_page_loses_nothing(client, sit, save, attempt):
    save(1, {"option": "a"}, 0)

    page = client.post(sit("questions/1/?language=de"), {"option": "b", "revision": "0"})

    assert page.status_code == 409
    assert Answer.objects.get().content == {"option": "a"}


def test_the_switch_in_the_practice_saves_too(client, sit, invitation):
    response = client.post(sit("practice/1/?language=de"), {"option": "a", "revision": "0"})

    assert response["Location"] == sit("practice/1/")
    page = client.get(response["Location"])
    assert 'value="a"' in page.text
    assert "checked" in page.text
    assert "Oben, neben einer kleinen Wolke." in page.text


# The scripts' sentences ---------------------------------------------------------------------------


def test_a_german_page_loads_the_scripts_sentences_and_an_english_one_none(client, german, sit):
    address = script_words.address("de")

    assert f'<script src="{address}" defer>' in german.get(sit()).text
    assert "/words/" not in client.get(sit()).text


def test_the_scripts_sentences_are_kept_by_browsers(client):
    response = client.get(script_words.address("de"))

    assert response["Content-Type"] == 'text/javascript; charset="utf-8"'
    assert "immutable" in response["Cache-Control"]
    assert "public" in response["Cache-Control"]
    assert "Gespeichert" in response.text
    assert "Cookie" not in response.get("Vary", "")


def test_an_older_version_is_answered_and_not_kept(client):
    response = client.get("/words/de-0123456789abcdef.js")

    assert "Gespeichert" in response.text
    assert "immutable" not in response.get("Cache-Control", "")


@pytest.mark.parametrize("address", ["/words/en-1.js", "/words/fr-1.js", "/words/..%2f-1.js"])
def test_there_are_no_other_sentences(client, db, address):
    assert client.get(address).status_code == 404
