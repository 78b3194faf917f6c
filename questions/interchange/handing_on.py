"""The bank's questions for a file of another program, and files whose format is yet to be found."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from questions import writing
from questions.interchange.remarks import Fields
from questions.models import Question, QuestionVersion

ZIP = b"PK\x03\x04"


def fields(slugs: Collection[str] = ()) -> Iterator[Fields]:
    """Yield the newest version of each shared question, or of those that are named."""
    versions = QuestionVersion.objects.newest().filter(question__organisation=None)
    if slugs:
        versions = versions.filter(question__slug__in=slugs)
    yield from said_by(versions.select_related("question").iterator(), _topics())


def said_by(
    versions: Iterable[QuestionVersion], topics: Mapping[int, Sequence[str]]
) -> Iterator[Fields]:
    """Yield what files say of `versions`, whose questions are sorted under `topics`."""
    for version in versions:
        yield writing.fields_of(version, topics.get(version.question_id, ()))


def topics_of(questions: Collection[int]) -> dict[int, list[str]]:
    """Return the topics of some questions, in the order that each names them in."""
    return _topics(question__in=questions)


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


def _topics(**of: object) -> dict[int, list[str]]:
    links = Question.topics.through.objects.filter(**of).order_by("pk")
    found: defaultdict[int, list[str]] = defaultdict(list)
    for question, slug in links.values_list("question_id", "topic__slug"):
        found[question].append(slug)
    return found
