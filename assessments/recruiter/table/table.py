"""What an address of the table asks for: pages, files and bulk actions read it here."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.utils.functional import cached_property

from assessments.models import Assessment, AssessmentVersion, Attempt, Label, Member, User
from assessments.models.attempt import AttemptQuerySet
from assessments.recruiter.table.columns import DEFAULT_ORDER, USUAL, Column, Columns
from assessments.recruiter.table.filters import FilterForm
from assessments.recruiter.table.orders import ordered
from assessments.recruiter.table.ranges import Range, ranges_of
from assessments.recruiter.viewer import Viewer

PAGE = 25
# What says where somebody is in the table, and nothing of what it shows.
_PLACE = ("page", "seen", "view")
# What names candidates has no place in what is kept.
_NAMES = ("q", "attempt")


@dataclass(frozen=True)
class Table:
    query: QueryDict
    user: User

    @cached_property
    def viewer(self) -> Viewer:
        return Viewer(self.user)

    @property
    def manages(self) -> bool:
        member = self.user.member
        return member is not None and member.role in Member.INVITES

    @cached_property
    def form(self) -> FilterForm:
        assessments = Assessment.objects.visible_to(self.user).published().with_title()
        labels = Label.objects.visible_to(self.user)
        return FilterForm(
            self.query,
            viewer=self.viewer,
            manages=self.manages,
            assessments=assessments.order_by("title", "slug"),
            labels=labels,
        )

    @cached_property
    def columns(self) -> Columns:
        return Columns(self._versions, self.viewer.sees_all_names, self.manages)

    @property
    def _versions(self) -> Any:
        """Whose topics and sections there are to choose from."""
        if version := self.form.given("version"):
            return [version.pk]
        published = AssessmentVersion.objects.filter(published_at__isnull=False)
        if assessment := self.form.given("assessment"):
            return published.filter(assessment=assessment).values("pk")
        mine = Assessment.objects.visible_to(self.user)
        return published.filter(assessment__in=mine.values("pk")).values("pk")

    @cached_property
    def shown(self) -> list[Column]:
        return self.columns.chosen(self.query.getlist("column"))

    @property
    def shown_keys(self) -> list[str]:
        return [column.key for column in self.shown]

    @cached_property
    def order(self) -> str:
        return self.columns.order(self.query.get("sort", ""))

    @property
    def order_title(self) -> str:
        column = self.columns.by_key[self.order.removeprefix("-")]
        return f"{column.title.lower()}: {column.ways[self.order.startswith('-')]}"

    @cached_property
    def ranges(self) -> list[Range]:
        return ranges_of(self.query, self.columns.parts)

    @property
    def is_filtered(self) -> bool:
        return bool(self.form.used or self.ranges)

    @property
    def hidden_filters(self) -> int:
        """How many filters are in use that stand behind a button."""
        return len(set(self.form.used) - set(self.form.FIRST)) + len(self.ranges)

    @cached_property
    def found(self) -> AttemptQuerySet:
        """The attempts that it shows, in no order."""
        found = self.form.filter(Attempt.objects.visible_to(self.user))
        for each in self.ranges:
            found = each.filter(found)
        return found

    @cached_property
    def ordered(self) -> AttemptQuerySet:
        return ordered(self.found, self.order, named=self.viewer.sees_all_names)

    def page(self) -> Page[UUID]:
        """Return the page that is asked for, as keys of attempts."""
        return _Keys(self.found, self.ordered).get_page(self.query.get("page"))

    def picked(self, keys: Iterable[str]) -> AttemptQuerySet:
        """Return those of the attempts that were ticked, whatever the filters."""
        return Attempt.objects.visible_to(self.user).filter(pk__in=list(_uuids(keys)))

    @property
    def address(self) -> str:
        """The query of an address that shows the same from the first page on."""
        return without(self.query, *_PLACE, *self._usual)

    @property
    def to_keep(self) -> str:
        """The same without what names candidates."""
        return without(self.query, *_PLACE, *_NAMES, *self._usual)

    @property
    def _usual(self) -> list[str]:
        """What an address need not say, for it is as it comes."""
        order = ["sort"] if self.order == DEFAULT_ORDER else []
        return order + (["column"] if set(self.shown_keys) == set(USUAL) else [])


class _Keys(Paginator):  # type: ignore[type-arg]
    """Pages of keys alone, for a table reads the rest of the few rows that it shows."""

    def __init__(self, found: AttemptQuerySet, sorted_: AttemptQuerySet) -> None:
        super().__init__(sorted_.values_list("pk", flat=True), PAGE)
        self.found = found

    @cached_property
    def count(self) -> int:
        # Without the order, and what that joins.
        return self.found.count()


def without(query: QueryDict, *names: str) -> str:
    """Return `query` without these names, and without what was left empty."""
    kept = query.copy()
    for name in names:
        kept.pop(name, None)
    for name, values in list(kept.lists()):
        # The lists of ranges belong side by side, so that their gaps count.
        if not any(values):
            kept.pop(name)
    return kept.urlencode()


def _uuids(keys: Iterable[str]) -> Iterable[UUID]:
    for key in keys:
        try:
            yield UUID(key)
        except ValueError:
            continue
