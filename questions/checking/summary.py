"""What a bank holds in a few lines: how many questions of each sort, how even its keys are."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from questions.checking.whole import keys_of, lengths_of
from questions.files import DIFFICULTIES, ROLES, Entry, topics
from questions.kinds import KINDS, numeric


def lines(entries: Sequence[Entry]) -> Iterator[str]:
    """Yield the lines of the summary."""
    kinds = {slug: kind.title.lower() for slug, kind in KINDS.items()}
    yield f"Questions: {len(entries)}"
    yield _counts("By kind", _count(entries, "kind"), kinds)
    yield _counts("By difficulty", _count(entries, "difficulty"), {d: d for d in DIFFICULTIES})
    yield _counts("By role", _count(entries, "roles", list(ROLES)), ROLES)
    yield _counts("By topic", _count(entries, "topics"), topics())
    if lengths_of(entries).total:
        yield from _spread(entries)
    if drawn := draws(entries):
        yield (
            f"Numeric questions: {len(drawn)}, each solvable and readable in {numeric.SEEDS} draws "
            f"and with no two equal numbers; {min(drawn.values())} to {max(drawn.values())} of the "
            "draws differ"
        )


def draws(entries: Sequence[Entry]) -> dict[str, int]:
    """Return of each question with parameters how many of its draws differ; it was checked."""
    return {
        entry.slug: numeric.variety(entry.content)
        for entry in entries
        if "parameters" in entry.fields
    }


def _spread(entries: Sequence[Entry]) -> Iterator[str]:
    keys, expected = keys_of(entries)
    yield _counts("Right keys", keys, {key: key for key in expected})
    found = lengths_of(entries)
    yield (
        f"Right options: the longest in {found.longest / found.total:.0%}, the shortest in "
        f"{found.shortest / found.total:.0%} (chance: {found.chance / found.total:.0%})"
    )


def _count(entries: Sequence[Entry], name: str, otherwise: Sequence[str] = ()) -> Counter[str]:
    counted: Counter[str] = Counter()
    for entry in entries:
        value = entry.fields.get(name, otherwise)
        counted.update([value] if isinstance(value, str) else value)
    return counted


def _counts(title: str, counted: Counter[str], names: Mapping[str, str]) -> str:
    """Every name that there is, for what is missing is worth seeing, too."""
    return f"{title}: {', '.join(f'{name} {counted[key]}' for key, name in names.items())}"
