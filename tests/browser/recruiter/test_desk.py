import io
import re

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from assessments import actions
from assessments.models import Attempt, Invitation, Submission
from tests.browser import scene
from tests.browser.conftest import DESKTOP, PHONE, overflow, violations

# A theme decides on contrast and a width on the layout: each of them once.
LOOKS = [
    pytest.param(DESKTOP, "light", id="desktop, light"),
    pytest.param(PHONE, "dark", id="phone, dark"),
]


def addresses(played):
    """Every page of the desk, and every state of a report."""
    assessment = played["Priya Raman"].version.assessment
    names = ["Priya Raman", "Jonas Lindqvist", "Oleksandr Bondar", "Kwame Mensah", "Sam Okafor"]
    reports = [played[name].get_absolute_url() for name in names]
    account = ["/accounts/password/change/", "/accounts/logout/"]
    return ["/desk/", "/desk/attempts/", assessment.get_absolute_url(), *reports, *account]


@pytest.mark.sandbox
@pytest.mark.parametrize(("viewport", "theme"), LOOKS)
def test_every_page_is_accessible_and_fits(signed_in, played, viewport, theme):
    page = signed_in(viewport=viewport, theme=theme)

    for address in addresses(played):
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert violations(page) == [], address
        assert overflow(page) <= 0, address


@pytest.mark.parametrize(("viewport", "theme"), LOOKS)
def test_the_pages_before_signing_in_are_accessible_and_fit(visit, viewport, theme):
    page = visit(viewport=viewport, theme=theme).page()

    for address in ["/", "/accounts/login/", "/accounts/password/reset/"]:
        page.goto(address)
        assert violations(page) == [], address
        assert overflow(page) <= 0, address


@pytest.mark.sandbox
def test_a_recruiter_finds_the_report_by_keyboard_alone(visit, played):
    page = visit().page()
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    page.get_by_role("link", name="Sign in", exact=True).press("Enter")
    expect(page.get_by_label("E-mail address")).to_be_focused()
    page.keyboard.type("recruiter@example.com")
    page.keyboard.press("Tab")
    page.keyboard.type("a long password")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/")
    page.get_by_role("link", name="Attempts", exact=True).press("Enter")
    page.get_by_label("Search").press_sequentially("priya")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("1 attempt,")
    page.get_by_role("link", name="Priya Raman").press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Priya Raman")
    expect(page.get_by_text("it looks like a sum where the mean is asked").first).to_be_visible()
    summary = page.get_by_text(re.compile(r"\d+ checks passed"))
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("loss: shape (16,), draw 1").first).to_be_visible()


@pytest.mark.sandbox
def test_a_candidate_is_invited_and_the_link_is_copied(signed_in, played):
    page = signed_in()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("link", name="Loss functions: a first look").first.click()
    page.get_by_role("link", name="Invite", exact=True).first.click()
    page.get_by_label("Name", exact=True).fill("Grace Hopper")
    page.get_by_label("E-mail address").fill("grace@example.com")
    page.get_by_role("button", name="Invite", exact=True).click()
    page.get_by_role("button", name="Copy the link for Grace Hopper").click()

    expect(page.get_by_text("Copied.")).to_be_visible()
    invitation = Invitation.objects.get(candidate__email="grace@example.com")
    assert page.evaluate("navigator.clipboard.readText()") == invitation.link


@pytest.mark.sandbox
def test_a_sort_header_sorts_and_turns_round(signed_in, played):
    page = signed_in()
    page.goto("/desk/attempts/")
    page.get_by_role("link", name="Score").click()
    first = page.get_by_role("row").nth(1)
    expect(first).to_contain_text("100 %")
    page.get_by_role("link", name="Score").click()

    expect(page.get_by_role("columnheader", name="Score")).to_have_attribute(
        "aria-sort", "ascending"
    )
    expect(first).to_contain_text("0 %")


@pytest.mark.sandbox
def test_an_open_report_follows_the_grading_without_a_reload(signed_in, played):
    attempt = played["Sam Okafor"]
    coding = attempt.version.questions.order_by("position").last()
    submission = actions.submit_code(attempt, coding, scene.NEARLY, Submission.Purpose.SUBMIT)
    actions.finish_attempt(attempt)
    page = signed_in()
    page.goto(attempt.get_absolute_url())
    expect(page.get_by_text("The code is being graded.").first).to_be_visible()
    page.evaluate("window.stayed = true")

    report = Submission.objects.exclude(report=None).first().report
    actions.store_report(str(submission.pk), submission.ticket, report)

    expect(page.get_by_role("img", name=re.compile("^Score"))).to_be_visible(timeout=30_000)
    assert page.evaluate("window.stayed")
    assert Attempt.objects.get(pk=attempt.pk).score is not None


@pytest.mark.sandbox
def test_a_hostile_candidate_reaches_nobody(signed_in, played):
    attempt = played["Priya Raman"]
    name = "</title></script><script>document.title='owned'</script><img src=x onerror=alert(1)>"
    type(attempt.candidate).objects.filter(pk=attempt.candidate.pk).update(name=name)
    attempt.submissions.update(source=f"x = '''{name}'''\n# {name}")
    page = signed_in()

    for address in addresses(played):
        page.goto(address)
        assert page.locator("img").count() == 0
        assert page.title() != "owned"


@pytest.mark.sandbox
def test_the_printed_report_has_the_code_and_not_the_frame(signed_in, played):
    page = signed_in()
    page.goto(played["Priya Raman"].get_absolute_url())
    page.emulate_media(media="print")

    expect(page.get_by_role("navigation")).to_have_count(0)
    expect(page.get_by_text("def loss").first).to_be_visible()
    code = page.locator(".m-lines").bounding_box()
    assert page.evaluate("document.querySelector('.m-lines').scrollHeight") <= code["height"] + 1


def sheets(page, address):
    """What stands on each sheet that the browser prints of a page."""
    page.goto(address)
    data = page.pdf(format="A4", prefer_css_page_size=True)
    read = PdfReader(io.BytesIO(data)).pages
    return [" ".join(sheet.extract_text().split()) for sheet in read]


@pytest.mark.sandbox
def test_what_is_printed_is_whole_begins_at_once_and_has_nothing_to_press(signed_in, played):
    page = signed_in(theme="dark")
    names = ["Priya Raman", "Jonas Lindqvist", "Ngozi Adeyemi", "Kwame Mensah", "Elin Sørensen"]
    keys = "&".join(f"attempt={played[name].pk}" for name in [*names, "Amira Haddad"])

    attempts = sheets(page, "/desk/attempts/")
    compared = sheets(page, f"/desk/compare/?{keys}")
    report = sheets(page, played["Priya Raman"].get_absolute_url())

    assert all(name in attempts[0] for name in ("Candidate", "Time taken", "Priya Raman"))
    assert len(attempts) == 1
    assert all(name in compared[0] for name in (*names, "Amira Haddad", "Values"))
    assert len(report) <= 9
    for said in ("Make the link", "Hide names", "Show", "32 more"):
        assert not any(said in sheet for sheet in (*attempts, *compared, *report))


@pytest.mark.sandbox
def test_signing_out_closes_the_desk(signed_in):
    page = signed_in()
    page.get_by_label("Your account").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto("/desk/")

    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
