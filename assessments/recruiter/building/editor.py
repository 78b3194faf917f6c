"""The editor of a draft: its forms, one for each row that can be typed into."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from django.http import QueryDict

from assessments.actions import drafting, pooling
from assessments.actions.publishing import Trouble, troubles
from assessments.models import AssessmentQuestion, AssessmentVersion, Section
from assessments.recruiter.building.closing import ClosingForm
from assessments.recruiter.building.forms import (
    EditForm,
    PlaceForm,
    PoolForm,
    SectionForm,
    SettingsForm,
    TextsForm,
)
from assessments.recruiter.building.layout import Layout, layout_of

MOVED = "Somebody else added, moved or removed something here in between."


@dataclass
class Editor:
    """A draft as it is stored now, with whatever of a form could not be stored.

    Attributes:
        kept: forms that were sent, by their prefix; "texts" and "settings" have none.
    """

    version: AssessmentVersion
    kept: dict[str, EditForm] = field(default_factory=dict)
    problem: str = ""

    @cached_property
    def layout(self) -> Layout:
        return layout_of(self.version)

    @cached_property
    def troubles(self) -> list[Trouble]:
        return list(troubles(self.version))

    @property
    def texts(self) -> EditForm:
        return self.kept.get("texts") or TextsForm(row=self.version)

    @property
    def settings(self) -> EditForm:
        return self.kept.get("settings") or SettingsForm(row=self.version)

    @property
    def closing(self) -> ClosingForm:
        return ClosingForm.of(self.version.assessment)

    @cached_property
    def forms(self) -> dict[str, EditForm]:
        """Those of sections, questions and pools, by their prefix."""
        return {prefix: self.kept.get(prefix) or kind(row=row, prefix=prefix)
                for prefix, kind, row in self._rows()}  # fmt: skip

    @property
    def targets(self) -> list[tuple[str, str]]:
        """Where a question can be put, by what a button sends."""
        places = [(f"section:{part.section.pk}", part.section.title)
                  for part in self.layout.sections if part.section]  # fmt: skip
        pools = [*(block.pool for block in self.layout.pools), *self.layout.empty_pools]
        return [*places, *((f"pool:{pool.pk}", f"pool “{pool.name}”") for pool in pools)]

    @property
    def arrangement(self) -> str:
        """What stands here in which order, to notice that somebody else changed that."""
        places = [(place.row.pk, place.row.section_id, place.row.pool_id)
                  for place in self.layout.places]  # fmt: skip
        sections = [part.section.pk for part in self.layout.sections if part.section]
        return hashlib.sha256(repr((places, sections)).encode()).hexdigest()[:16]

    def save(self, sent: QueryDict) -> bool:
        """Store what was typed into sections, questions and pools; return whether all of it was."""
        if sent.get("arrangement") != self.arrangement:
            self.problem = MOVED
        for prefix, kind, row in list(self._rows()):
            if any(f"initial-{prefix}-{name}" in sent for name in kind.base_fields):
                form = kind(sent, row=row, prefix=prefix)
                form.save_with(self._saver(kind, row))
                self.kept[prefix] = form
        self.__dict__.pop("layout", None)
        self.__dict__.pop("forms", None)
        return all(not form.errors for form in self.kept.values())

    def drop_saved(self) -> None:
        """Forget forms of which everything was stored, to show what is stored."""
        self.kept = {name: form for name, form in self.kept.items() if form.errors}

    def _rows(self) -> Iterator[tuple[str, type[EditForm], Any]]:
        for part in self.layout.sections:
            yield f"s{part.section.pk if part.section else 0}", SectionForm, part.section
        for place in self.layout.places:
            if place.row.pool_id is None:
                yield f"q{place.row.pk}", PlaceForm, place.row
        for block in self.layout.pools:
            pool: Any = block.pool
            pool.weight = block.weight
            yield f"p{pool.pk}", PoolForm, pool
        for pool in self.layout.empty_pools:
            pool.weight = 1.0
            yield f"p{pool.pk}", PoolForm, pool

    def _saver(self, kind: type[EditForm], row: Any) -> Any:
        if kind is PoolForm:
            return partial(pooling.change_pool, self.version, row.pk)
        model = Section if kind is SectionForm else AssessmentQuestion
        return partial(drafting.change_part, self.version, model, row.pk)


def context_of(editor: Editor) -> Mapping[str, Any]:
    return {
        "editor": editor,
        "version": editor.version,
        "assessment": editor.version.assessment,
        "layout": editor.layout,
    }
