"""Two colleagues who write questions, and a way for them to sign in."""

import pytest

from assessments.models import Member, Organisation, User
from questions.authoring.house import Author
from tests.browser.conftest import DESKTOP, PHONE

PASSWORD = "a long password"
LOOKS = [
    pytest.param(DESKTOP, "light", id="desktop, light"),
    pytest.param(PHONE | {"width": 360}, "dark", id="narrow phone, dark"),
]


@pytest.fixture
def people(live_server):
    """Ada and Bo, who both write for Acme."""
    acme = Organisation.objects.create(name="Acme", slug="acme")
    found = {}
    for name, role in (("ada", "author"), ("bo", "owner")):
        user = User.objects.create_user(f"{name}@acme.example", PASSWORD, name=name.title())
        Member.objects.create(user=user, organisation=acme, role=role)
        found[name] = Author(user, acme, alone=False)
    return found


@pytest.fixture
def signed_in(visit, people):
    """Makes a visitor who stands at the list of questions; returns visitor and page."""

    def make(name="ada", **context):
        visitor = visit(**context)
        page = visitor.page()
        page.goto("/desk/questions/")
        page.get_by_label("E-mail address").fill(f"{name}@acme.example")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/desk/questions/acme/")
        return visitor, page

    return make
