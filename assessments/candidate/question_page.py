"""What every page of a question shows, whether the question counts or is practised."""

from abc import ABC, abstractmethod
from typing import Any

from django.utils.translation import gettext as _

from questions.kinds import Content, Kind


class QuestionPage(ABC):
    """A question at its place, with what was answered so far.

    Attributes:
        number, total: 1 for the first question; of so many.
        answer: with `content`, `revision` and `saved_at`; None until something is saved.
    """

    __slots__ = ()

    number: int
    total: int
    answer: Any

    @property
    @abstractmethod
    def rules(self) -> Kind:
        """The rules of its kind."""

    @property
    @abstractmethod
    def asked(self) -> Content:
        """The content of the question itself."""

    @property
    @abstractmethod
    def seed(self) -> int:
        """Of whatever is drawn for it, such as the order of its options."""

    @abstractmethod
    def url_of(self, name: str) -> str:
        """Return the address of one of its views."""

    @property
    def kind(self) -> str:
        return self.rules.slug

    @property
    def content(self) -> dict[str, Any]:
        return self.answer.content if self.answer else {}

    @property
    def revision(self) -> int:
        return self.answer.revision if self.answer else 0

    @property
    def answered(self) -> bool:
        return self.rules.is_answered(self.asked, self.content)

    @property
    def typed(self) -> bool:
        """Whether the answer is text as it was typed, and no Markdown."""
        return self.rules.typed

    @property
    def said(self) -> str:
        """The answer, for its candidate to recognise."""
        return self.says(self.content)

    def says(self, content: dict[str, Any]) -> str:
        """Return an answer to it in words."""
        return self.rules.said(self.asked, content, self.seed)

    @property
    def context(self) -> dict[str, Any]:
        """What the page may show of the question."""
        return self.rules.context(self.asked, self.seed)

    @property
    def heading(self) -> str:
        """What stands above its title."""
        place = {"number": self.number, "total": self.total}
        return _("Question %(number)s of %(total)s") % place

    @property
    def url(self) -> str:
        return self.url_of("question")

    @property
    def draft_url(self) -> str:
        return self.url_of("draft")

    @property
    def run_url(self) -> str:
        return self.url_of("run")

    @property
    def submit_url(self) -> str:
        return self.url_of("submit")
