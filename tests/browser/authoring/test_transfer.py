"""Import and export in a real browser: by keyboard, on a phone, and without scripts."""

import pytest
from playwright.sync_api import expect

from questions.interchange import FORMATS, converting
from questions.models import Import, Question, QuestionVersion
from questions.tasks import read_import
from tests.browser.authoring.conftest import LOOKS
from tests.browser.conftest import PHONE, overflow, violations
from tests.questions.authoring.conftest import address, make_shared
from tests.questions.contents import fields_of

OTHERS = "::Mean::[markdown]What minimises *squares*? {=mean#Yes. ~median ~mode}\n\nText alone.\n"


def file(data, name="theirs.gift"):
    raw = data if isinstance(data, bytes) else data.encode()
    return {"name": name, "mimeType": "application/octet-stream", "buffer": raw}


def choose(page, data, name="theirs.gift"):
    """Upload a file; the worker reads it as soon as it is there."""
    page.get_by_role("link", name="Import").press("Enter")
    page.get_by_label("File").set_input_files(file(data, name))
    page.get_by_role("button", name="Look at it").press("Enter")
    expect(page.get_by_text("The file is being read.")).to_be_visible()
    read_import(Import.objects.get().pk)


def test_a_file_is_looked_at_and_let_in_by_keyboard(signed_in):
    _, page = signed_in()
    choose(page, OTHERS)

    expect(page.get_by_text("Nothing is imported yet.")).to_be_visible()
    expect(page.get_by_text("It has no answers in braces")).to_be_visible()
    assert not Question.objects.exists()
    page.get_by_role("link", name="Mean").press("Enter")
    inside = page.frame_locator("iframe")
    expect(inside.get_by_text("What minimises")).to_be_visible()
    page.get_by_role("link", name="theirs.gift").press("Enter")
    page.get_by_role("button", name="Import 1 draft").press("Enter")

    expect(page.get_by_text("The drafts are here.")).to_be_visible()
    page.get_by_role("link", name="Mean").press("Enter")
    page.get_by_role("link", name="Edit the draft").press("Enter")
    expect(page.get_by_label("Prompt")).to_have_value("What minimises *squares*?")
    assert QuestionVersion.objects.get().status == "draft"


def test_a_broken_file_names_the_place(signed_in):
    _, page = signed_in()
    choose(page, "<quiz>\n<question></quiz>", "theirs.xml")

    expect(page.get_by_text("nothing was imported")).to_be_visible()
    expect(page.get_by_text("line 2")).to_be_visible()


def test_a_large_file_is_refused_before_it_is_sent(signed_in):
    _, page = signed_in()
    page.goto("/desk/questions/acme/import/")
    page.evaluate("document.querySelector('[data-most]').dataset.most = 10")

    page.get_by_label("File").set_input_files(file(OTHERS))

    message = page.get_by_label("File").evaluate("field => field.validationMessage")
    assert "too large" in message


def test_without_scripts_it_works_as_well(signed_in):
    _, page = signed_in(java_script_enabled=False)
    choose(page, OTHERS)

    page.get_by_role("link", name="Look again").click()
    page.get_by_role("button", name="Import 1 draft").click()

    expect(page.get_by_text("The drafts are here.")).to_be_visible()


@pytest.mark.parametrize("form", FORMATS)
def test_a_choice_of_questions_is_downloaded_with_what_it_does_not_hold(signed_in, form):
    make_shared("shared")
    make_shared("code", "coding")
    _, page = signed_in()

    page.get_by_role("link", name="Export").press("Enter")
    page.get_by_label("Format").select_option(form)
    page.get_by_text("Which questions").click()
    page.get_by_label("From").select_option("")
    page.get_by_role("button", name="Show").press("Enter")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download", exact=True).click()
    with page.expect_download() as listed:
        page.get_by_role("link", name="What it does not hold").click()

    data = download.value.path().read_bytes()
    found = [each.slug for each in converting.read(FORMATS[form], data).questions]
    assert found == (["shared"] if form == "gift" else ["code", "shared"])
    assert "shared: " in listed.value.path().read_text()


@pytest.mark.parametrize(("viewport", "theme"), LOOKS)
def test_every_page_is_accessible_and_fits(signed_in, people, viewport, theme):
    make_shared("shared", title="A very long title of a question that wraps on every phone")
    _, page = signed_in(viewport=viewport, theme=theme)
    data = converting.write(
        FORMATS["moodle"], [fields_of("single_choice", slug="shared"), fields_of("numeric")]
    ).data
    choose(page, data.replace(b"</quiz>", b"<question type='random'/></quiz>"), "a.xml")
    expect(page.get_by_text("Nothing is imported yet.")).to_be_visible()
    pk = Import.objects.get().pk

    for each in (
        "import/",
        f"import/{pk}/",
        f"import/{pk}/2/",
        "export/?whose=",
        "export/?whose=&q=nothing",
    ):
        page.goto(address("list", people["ada"]) + each)
        page.wait_for_load_state("networkidle")
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert violations(page) == [], each
        assert overflow(page) <= 0, each


def test_the_ways_of_the_desk_stand_behind_one_button_on_a_phone(signed_in):
    _, page = signed_in(viewport=PHONE)
    bar = page.locator(".m-topbar")

    assert bar.bounding_box()["height"] < 64
    page.get_by_label("Menu", exact=True).press("Enter")
    expect(page.get_by_role("link", name="Questions", exact=True)).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Questions", exact=True)).to_be_hidden()
    expect(page.get_by_label("Menu", exact=True)).to_be_focused()
    page.get_by_label("Menu", exact=True).click()
    page.mouse.click(PHONE["width"] / 2, PHONE["height"] - 20)  # below the open menu
    expect(page.get_by_role("link", name="Questions", exact=True)).to_be_hidden()
