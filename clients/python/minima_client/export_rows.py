"""Files of results: how far they are, and what their columns mean."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

ExportKind = Literal["attempts", "answers", "checks"]
ExportFormat = Literal["csv", "xlsx", "parquet", "jsonl"]
ExportState = Literal["queued", "reading", "writing", "ready", "failed"]


@dataclass(frozen=True)
class Export:
    """`attempts` is None until they are known; `size` is in bytes, `file` its address."""

    id: str
    kind: ExportKind
    format: ExportFormat
    codebook: bool
    names: bool
    state: ExportState
    failure: str
    attempts: int | None
    attempts_read: int
    rows: int
    size: int | None
    created_at: datetime
    made_at: datetime | None
    expires_at: datetime
    file: str | None


@dataclass(frozen=True)
class Column:
    """`allowed` lists all values there are, and is empty where any may be."""

    name: str
    title: str
    type: str
    unit: str
    meaning: str
    allowed: list[str]
    missing: str


@dataclass(frozen=True)
class Codebook:
    codebook: str
    export: str
    kind: ExportKind
    row: str
    created_at: datetime
    shows_names: bool
    columns: list[Column]
