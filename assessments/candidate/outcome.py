"""How an attempt turned out, as far as its candidate may know."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from assessments.candidate.steps import Step, steps_of
from assessments.feedback import Told, asked_elsewhere, told_of
from assessments.models import AssessmentQuestion, Attempt, Submission
from questions.models import Topic
from questions.study.leading_on import Page, loss_pages, topic_pages

# So many pages to read on are an invitation; more are a pile.
MOST_PAGES = 6


@dataclass(frozen=True, slots=True)
class Result:
    """One question: what was handed in, and what may be told of it.

    Attributes:
        share: what was earned of it; None while nobody knows.
        submission: the one that counts, or that the grader still has.
        report: the part of its report that may be told.
        review: question and right answer, where everything is told.
        held_back: whether the right answer waits for another invitation of the candidate.
    """

    step: Step
    share: float | None
    submission: Submission | None
    report: Mapping[str, Any] | None
    review: Mapping[str, Any] | None
    held_back: bool

    @property
    def question(self) -> AssessmentQuestion:
        return self.step.question

    @property
    def template(self) -> str:
        """Of the right answer beside the one given, as reviewers see both."""
        return f"recruiter/report/{self.step.kind}.html"

    @property
    def right(self) -> bool:
        return self.share is not None and self.share >= 1


@dataclass(frozen=True, slots=True)
class TopicScore:
    """The weighted share that was earned in the questions of a topic."""

    slug: str
    title: str
    share: float
    questions: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """All of it; `waiting` is the submission that the page waits for."""

    attempt: Attempt
    told: Told
    results: tuple[Result, ...]
    topics: tuple[TopicScore, ...]
    pages: tuple[Page, ...]
    waiting: UUID | None

    @property
    def has_pictures(self) -> bool:
        """Whether there are, or will be, curves or figures to draw."""
        kinds = {result.step.kind for result in self.results}
        return self.told.answers and not kinds.isdisjoint({"coding", "plot_reading"})

    @property
    def held_back(self) -> bool:
        return any(result.held_back for result in self.results)

    @property
    def by_people(self) -> bool:
        """Whether a score has to wait for people, and no longer for the grader."""
        return self.waiting is None and self.attempt.score is None


def outcome_of(attempt: Attempt) -> Outcome:
    told, steps = told_of(attempt), steps_of(attempt)
    leading = {each.question_id: each for each in _leading(attempt)}
    elsewhere = asked_elsewhere(attempt) if told.answers else set()
    results = tuple(_result(step, told, leading.get(step.question.pk), elsewhere) for step in steps)
    by_topic = _by_topic(results)
    topics = _topic_scores(by_topic) if told.families else ()
    pages = _pages(topics, results) if told.families else _all_pages(by_topic)
    waiting = Attempt.objects.filter(pk=attempt.pk).first_queued()
    return Outcome(attempt, told, results, topics, tuple(pages[:MOST_PAGES]), waiting)


def _leading(attempt: Attempt) -> Iterable[Submission]:
    return Submission.objects.filter(attempt=attempt).leading()


def _result(step: Step, told: Told, submission: Submission | None, elsewhere: set[int]) -> Result:
    version = step.question.question_version
    held_back = version.question_id in elsewhere
    share = step.answer.score if step.answer else 0.0
    review = None
    if told.answers and not held_back:
        review = version.rules.review(
            version.content, step.content, step.attempt.seed_for(step.question)
        )
    report = (told.held_back if held_back else told).of_report(
        submission.report if submission else None
    )
    return Result(step, share, submission, report, review, held_back)


def _by_topic(results: Iterable[Result]) -> dict[tuple[str, str], list[Result]]:
    """The results by slug and title of their topics; one query."""
    known = {result.question.question_version.question_id: result for result in results}
    found: defaultdict[tuple[str, str], list[Result]] = defaultdict(list)
    rows = Topic.objects.filter(questions__in=known).order_by("title")
    for slug, title, question in rows.values_list("slug", "title", "questions"):
        if question in known:
            found[slug, title].append(known[question])
    return dict(found)


def _topic_scores(by_topic: Mapping[tuple[str, str], list[Result]]) -> tuple[TopicScore, ...]:
    """Lowest first; a topic of which nothing is known yet is left out."""
    scores = []
    for (slug, title), results in by_topic.items():
        known = [(each.question.weight, each.share) for each in results if each.share is not None]
        if known:
            whole = sum(weight for weight, _ in known)
            share = sum(weight * share for weight, share in known) / whole
            scores.append(TopicScore(slug, title, min(1.0, share), len(known)))
    return tuple(sorted(scores, key=lambda score: score.share))


def _pages(topics: Iterable[TopicScore], results: Iterable[Result]) -> list[Page]:
    """What to read on: the topics and losses where not everything was right."""
    wrong = [score.slug for score in topics if score.share < 1]
    tasks = [_task(result) for result in results if result.share is not None and not result.right]
    return topic_pages(wrong) + loss_pages(task for task in tasks if task)


def _all_pages(by_topic: Mapping[tuple[str, str], list[Result]]) -> list[Page]:
    """Where no result is told: every topic that was asked, which says nothing of the answers."""
    return topic_pages(slug for slug, _ in by_topic)


def _task(result: Result) -> str | None:
    version = result.question.question_version
    return version.rules.task(version.content)
