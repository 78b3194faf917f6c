"""The rows that the addresses of the permission table are about."""

from collections.abc import Callable
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.utils import timezone

from assessments import actions
from assessments.actions import exporting, hiring_connections, webhooks
from assessments.actions.ordering import Wanted, place_order
from assessments.actions.scorecards import begin_scorecard
from assessments.exports import making
from assessments.models import Member, Paper, SimilarPair, User
from questions import role_templates
from questions.models import Question, QuestionVersion
from tests.assessments.essays import essays
from tests.assessments.essays import written as essay_written

HIRING = {"name": "Ours", "hosts": "greenhouse.io", "days": 14}
HOOK = {"url": "https://hooks.example.com/minima"}


class World:
    """The rows that the addresses are about, all of one organisation; each is made once.

    A property returns a row, whose key stands in the address, or the parts of an address.
    """

    def __init__(self, version: Any, make_attempt: Callable[..., Any]) -> None:
        self.version = version
        self.organisation = version.assessment.organisation
        self.make_attempt = make_attempt

    @cached_property
    def slug(self) -> tuple[str]:
        return (self.organisation.slug,)

    @cached_property
    def assessment(self) -> Any:
        return self.version.assessment

    @cached_property
    def invitation(self) -> Any:
        return actions.invite(self.version, "Grace", "grace@example.com")

    @cached_property
    def attempt(self) -> Any:
        """Finished, and nobody has graded its code."""
        return self.make_attempt("Ada")

    @cached_property
    def coding_answer(self) -> tuple[Any, int]:
        return self.attempt.pk, self.version.questions.get(position=2).pk

    @cached_property
    def email(self) -> Any:
        """Tried once, in vain."""
        queued = actions.queue_email("invitation", self.invitation)
        type(queued).objects.filter(pk=queued.pk).update(last_error="550 no", due_at=None)
        return queued

    @cached_property
    def people(self) -> Any:
        """A list that nobody has confirmed."""
        return actions.keep_list(self.assessment, "Emmy <emmy@example.org>", {"days": 7}, by=None)

    @cached_property
    def link(self) -> Any:
        expires_at = timezone.now() + timedelta(days=9)
        return actions.create_link(
            self.assessment, name="Careers", cap=5, expires_at=expires_at, days=7, by=None
        )

    @cached_property
    def join(self) -> tuple[str]:
        return (self.link.token,)

    @cached_property
    def asked(self) -> Any:
        return actions.ask_accommodation(self.invitation, "I read slowly.")

    @cached_property
    def problem(self) -> Any:
        return actions.report_problem(self.attempt, None, "It broke.")

    @cached_property
    def candidate(self) -> Any:
        return self.attempt.candidate

    @cached_property
    def erasure(self) -> Any:
        return actions.ask_for_erasure(self.attempt.invitation)

    @cached_property
    def label(self) -> Any:
        return actions.make_label(self.organisation, "finalists", by=self.colleague)

    @cached_property
    def saved_view(self) -> Any:
        """A colleague's, who shares it."""
        return actions.save_view(self.organisation, "Best", "", shared=True, by=self.colleague)

    @cached_property
    def colleague(self) -> Any:
        user = User.objects.create_user("colleague@acme.example")
        self.organisation.members.create(user=user, role="recruiter")
        return user

    @cached_property
    def member(self) -> Any:
        user = User.objects.create_user("member@acme.example", "a long password")
        return Member.objects.create(user=user, organisation=self.organisation, role="reviewer")

    @cached_property
    def member_invitation(self) -> Any:
        return actions.invite_member(self.organisation, "new@acme.example", "reviewer", by=None)

    @cached_property
    def secret(self) -> tuple[str]:
        """Of the link of an invitation of a member."""
        email = self.member_invitation.emails.get()
        return (email.text.partition("/welcome/")[2].partition("/")[0],)

    @cached_property
    def token(self) -> Any:
        return actions.issue_token(self.organisation, "hiring", ["read"])[0]

    @cached_property
    def share(self) -> Any:
        return self._shared[0]

    @cached_property
    def webhook(self) -> Any:
        return webhooks.add_webhook(self.organisation, HOOK["url"], by=None)[0]

    @cached_property
    def hiring_system(self) -> tuple[str]:
        return ("greenhouse",)

    @cached_property
    def hiring(self) -> Any:
        return self._connected("greenhouse")

    @cached_property
    def stage(self) -> Any:
        return self._connected("stage")

    def _connected(self, system: str) -> Any:
        terms = hiring_connections.Terms(name="Ours")
        return hiring_connections.add_connection(self.organisation, system, terms, by=None)[0]

    @cached_property
    def hiring_order(self) -> Any:
        wanted = Wanted(self.assessment, "1", "Grace", "grace@example.net")
        return place_order(self.hiring, wanted)[0]

    @cached_property
    def webhook_delivery(self) -> Any:
        return webhooks.send_test_event(self.webhook, by=None)

    @cached_property
    def shared(self) -> tuple[str]:
        return (self._shared[1],)

    @cached_property
    def _shared(self) -> Any:
        return actions.share([self.attempt], by=None, days=7)

    @cached_property
    def scorecard(self) -> Any:
        return begin_scorecard(self.attempt, [], self.member.user)

    @property
    def scorecard_number(self) -> tuple[int, int]:
        return (self.scorecard.pk, 0)

    @property
    def scorecard_item(self) -> tuple[int, str]:
        return (self.scorecard.pk, "k")

    @cached_property
    def paper(self) -> Any:
        return Paper.objects.create(organisation=self.organisation, asked_by=self.member.user)

    @cached_property
    def export(self) -> Any:
        """A recruiter's file, which is ready."""
        made = exporting.ask_for_export(
            self.organisation, by=self.colleague, kind="attempts", form="csv", tells_all=True
        )
        while making.work_on(made.pk):
            pass
        return made

    @cached_property
    def pair(self) -> Any:
        """Two submissions that somebody should look at."""
        first, second = (
            self.make_attempt(name).submissions.get(question__isnull=False)
            for name in ("Ada", "Ben")
        )
        return SimilarPair.objects.create(
            organisation=self.organisation, first=first, second=second, similarity=0.9, shared=80
        )

    @cached_property
    def open_answer(self) -> Any:
        """An open answer that waits to be scored."""
        return essay_written(essays(self.organisation, slug="open-answers"))

    @cached_property
    def regrade(self) -> Any:
        """A dry run of the assessment with the open answer, which nobody has gone on with."""
        assessment = self.open_answer.attempt.version.assessment
        by = User.objects.create_user("dry-run@acme.example")
        return actions.start_regrade(assessment, reason="It was wrong.", by=by)

    @cached_property
    def remark(self) -> Any:
        """A comment of somebody who has left."""
        by = User.objects.create_user("left@acme.example")
        return actions.add_comment(self.attempt, None, "Well put.", by)

    @cached_property
    def draft_version(self) -> Any:
        """The next version of the assessment."""
        return actions.new_draft(self.assessment, by=None)

    @cached_property
    def draft(self) -> tuple[Any, int]:
        return (self.assessment.pk, self.draft_version.number)

    @cached_property
    def draft_question(self) -> tuple[Any, ...]:
        return (*self.draft, self.draft_version.questions.first().question_version_id)

    @cached_property
    def template(self) -> tuple[str]:
        return ("data-scientist-junior-short",)

    @cached_property
    def template_question(self) -> tuple[str, str]:
        slug = next(iter(role_templates.shipped()[self.template[0]].items)).question
        choice = self.version.questions.get(position=1).question_version
        QuestionVersion.objects.create(
            question=Question.objects.create(slug=slug, minutes=2),
            number=1,
            kind=choice.kind,
            title="Which one?",
            content=choice.content,
            status=QuestionVersion.Status.PUBLISHED,
            published_at=timezone.now(),
        )
        return (*self.template, slug)
