"""The bank's questions for a file of another program, and files whose format is yet to be found."""

from collections import defaultdict
from collections.abc import Collection, Iterator

from questions import writing
from questions.interchange.remarks import Fields
from questions.models import Question, QuestionVersion

ZIP = b"PK\x03\x04"


def fields(slugs: Collection[str] = ()) -> Iterator[Fields]:
    """Yield the newest version of each shared question, or of those that are named."""
    versions = QuestionVersion.objects.newest().filter(question__organisation=None)
    if slugs:
        versions = versions.filter(question__slug__in=slugs)
    topics = _topics()
    for version in versions.select_related("question").iterator():
        yield writing.fields_of(version, topics[version.question_id])


def unknown(slugs: Collection[str]) -> list[str]:
    """Return those of `slugs` that no shared question has."""
    known = Question.objects.shared().filter(slug__in=slugs).values_list("slug", flat=True)
    return sorted(set(slugs) - set(known))


def guessed(data: bytes) -> str:
    """Return the format that a file seems to be of."""
    if data.startswith(ZIP):
        return "qti3"
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start.startswith(b"<"):
        return "gift"
    return "qti3" if b"ssessment-item" in start or b"assessmentItem" in start else "moodle"


def _topics() -> defaultdict[int, list[str]]:
    """The topics of each question, in the order that it names them in."""
    links = Question.topics.through.objects.order_by("pk")
    found: defaultdict[int, list[str]] = defaultdict(list)
    for question, slug in links.values_list("question_id", "topic__slug"):
        found[question].append(slug)
    return found
