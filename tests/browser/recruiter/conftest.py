"""A recruiter at a desk where some weeks have gone by."""

import pytest

from assessments.models import Attempt, User
from grader.sandbox import Sandbox
from tests.browser import scene
from tests.browser.memory import load_bank

PASSWORD = "a long password"


def play():
    load_bank()
    with Sandbox() as sandbox:
        demo, attempts = scene.play(scene.grader_in(sandbox))
    user = User.objects.get(email=demo.email)
    user.set_password(PASSWORD)
    user.save()
    return {name: attempt.pk for name, attempt in attempts.items()}


@pytest.fixture
def played(live_server, memory):
    """The attempts of the scene by candidate, graded in the sandbox; the recruiter can sign in."""
    found = Attempt.objects.in_bulk(memory.scene("the desk after some weeks", play).values())
    return {attempt.candidate.name: attempt for attempt in found.values()}


@pytest.fixture
def signed_in(visit, played):
    """Makes a visitor who has signed in, and stands at the desk."""

    def make(**context):
        visitor = visit(**context)
        page = visitor.page()
        page.goto("/desk/")
        page.get_by_label("E-mail address").fill("recruiter@example.com")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/desk/")
        return page

    return make
