"""Python as tokens that stay the same when code is renamed, commented or laid out anew.

The code is read, and never parsed or run: it may be hostile, or no Python at all.
"""

import builtins
import io
import keyword
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import pairwise
from token import tok_name
from typing import NamedTuple

# What anybody may call a value, a function of one's own or an attribute.
NAME, TEXT = "v", "s"
_IGNORED = {"COMMENT", "NL", "INDENT", "DEDENT", "ENCODING", "ENDMARKER", "TYPE_COMMENT"}
_KEPT_NAMES = frozenset(dir(builtins)) - {"_"}
_OPENING, _CLOSING = "([{", ")]}"
_ASSIGNS = {"=", "+=", "-=", "*=", "/=", "//=", "%=", "**=", "@=", "&=", "|=", "^=", ">>=", "<<="}


class Raw(NamedTuple):
    """A token as Python reads it, with its place in the source in characters."""

    kind: str
    text: str
    start: int
    stop: int


class Token(NamedTuple):
    """What is compared, and the characters of the source that it stands for."""

    text: str
    start: int
    stop: int


class Names(NamedTuple):
    """What the names of a module mean: imported ones by their own name, and the author's own."""

    imported: dict[str, str]
    modules: frozenset[str]
    own: frozenset[str]


def tokens(source: str) -> tuple[Token, ...]:
    """Return what is compared of `source`.

    Comments, docstrings, imports, annotations, brackets that only group, commas at an end and the
    layout are left out; every name that its author chose is the same, and so is every text.
    """
    statements = list(_statements(_raw(source)))
    imports = [each for each in statements if each[0].text in {"import", "from"}]
    others = [each for each in statements if each[0].text not in {"import", "from"}]
    said = [each for each in others if any(token.kind != "STRING" for token in each)]
    names = _names(imports, said)
    bare = [token for each in said for token in _without_annotations(each)]
    return tuple(_normal(_without_grouping(bare), names))


def _raw(source: str) -> Iterator[Raw]:
    """Yield the tokens of `source`, as far as it can be read."""
    starts = [0]
    for line in source.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    readline = io.StringIO(source, newline="\n").readline
    texts = 0
    with suppress(tokenize.TokenError, SyntaxError, IndexError):
        for found in tokenize.generate_tokens(readline):
            kind = tok_name[found.type]
            start = starts[found.start[0] - 1] + found.start[1]
            stop = starts[found.end[0] - 1] + found.end[1]
            # From Python 3.12 on an f-string comes in pieces.
            texts += (kind == "FSTRING_START") - (kind == "FSTRING_END")
            if kind == "FSTRING_END" and not texts:
                yield Raw("STRING", found.string, start, stop)
            elif not texts:
                yield Raw(kind, found.string, start, stop)


def _statements(raw: Iterable[Raw]) -> Iterator[list[Raw]]:
    statement: list[Raw] = []
    for token in raw:
        if token.kind == "NEWLINE" or token.text == ";":
            if statement:
                yield statement
            statement = []
        elif token.kind not in _IGNORED:
            statement.append(token)
    if statement:
        yield statement


def _names(imports: Iterable[Sequence[Raw]], said: Iterable[Sequence[Raw]]) -> Names:
    imported: dict[str, str] = {}
    modules: set[str] = set()
    for statement in imports:
        bound = dict(_bound(statement))
        imported |= bound
        if statement[0].text == "import":
            modules |= set(bound)
    own = {name for statement in said for name in _defined(statement)}
    return Names(imported, frozenset(modules), frozenset(own))


def _bound(statement: Sequence[Raw]) -> Iterator[tuple[str, str]]:
    """Yield what an import binds: the name here, and what it is called where it comes from."""
    words = [token.text for token in statement if token.kind == "NAME" or token.text == ","]
    if "import" not in words:
        return
    named = words[words.index("import") + 1 :]
    for part in " ".join(named).split(","):
        found = part.split()
        if not found:
            continue
        # import a.b binds a; import a.b as c and from a import b as c bind c.
        binds_last = "as" in found
        original = [word for word in found if word != "as"]
        yield (
            (original[-1], original[-2])
            if binds_last and len(original) > 1
            else (
                original[0],
                original[0],
            )
        )


def _defined(statement: Sequence[Raw]) -> Iterator[str]:
    """Yield functions, classes, parameters and attributes that a statement makes."""
    if statement[0].text in {"def", "class", "async"}:
        yield from (
            token.text
            for before, token in pairwise(statement)
            if token.kind == "NAME" and before.text in {"def", "class", "(", ",", "*", "**"}
        )
    for dot, name, sign in zip(statement, statement[1:], statement[2:], strict=False):
        if dot.text == "." and sign.text in _ASSIGNS:
            yield name.text


def _without_annotations(statement: Sequence[Raw]) -> Iterator[Raw]:
    """Yield the tokens of a statement without the types that it names."""
    depth, skipping = 0, False
    is_def = statement[0].text in {"def", "async"}
    for place, token in enumerate(statement):
        depth += (token.text in _OPENING) - (token.text in _CLOSING)
        if skipping and _ends(token.text, depth, is_def=is_def):
            skipping = False
        skipping = skipping or _begins(statement, place, depth, is_def=is_def)
        if not skipping:
            yield token


def _begins(statement: Sequence[Raw], place: int, depth: int, *, is_def: bool) -> bool:
    """Whether an annotation begins with the token at `place`."""
    text = statement[place].text
    if is_def:
        return text == "->" or (text == ":" and depth == 1)
    return text == ":" and depth == 0 and _is_target(statement[:place])


def _ends(text: str, depth: int, *, is_def: bool) -> bool:
    """Whether an annotation ends with this token: of a parameter, a result, or a variable."""
    if not is_def:
        return text == "=" and depth == 0
    return (depth == 1 and text in {",", "="}) or (depth == 0 and text in {")", ":"})


def _is_target(before: Sequence[Raw]) -> bool:
    """Whether a colon after these is that of an annotated variable or attribute."""
    if not before or keyword.iskeyword(before[0].text):
        return False
    return all(token.kind == "NAME" or token.text == "." for token in before)


def _without_grouping(raw: Sequence[Raw]) -> Iterator[Raw]:
    """Yield tokens without round brackets that only group, and without commas before a bracket."""
    stack: list[bool] = []
    for place, token in enumerate(raw):
        if token.text in _OPENING:
            stack.append(token.text == "(" and _groups(raw[place - 1] if place else None))
            if stack[-1]:
                continue
        elif token.text in _CLOSING:
            if stack and stack.pop():
                continue
        elif token.text == "," and place + 1 < len(raw) and raw[place + 1].text in _CLOSING:
            continue
        yield token


def _groups(before: Raw | None) -> bool:
    """Whether a bracket after `before` opens a group, and calls nothing."""
    if before is None or keyword.iskeyword(before.text):
        return True
    return before.kind not in {"NAME", "STRING"} and before.text not in _CLOSING


def _normal(raw: Iterable[Raw], names: Names) -> Iterator[Token]:
    found = list(raw)
    dropped = -1
    for place, token in enumerate(found):
        if place == dropped:
            continue
        after = found[place + 1].text if place + 1 < len(found) else ""
        before = found[place - 1].text if place else ""
        if token.text in names.modules and after == "." and before != ".":
            dropped = place + 1  # np.mean and numpy.mean are one
            continue
        yield Token(_word(token, before, after, names), token.start, token.stop)


def _word(token: Raw, before: str, after: str, names: Names) -> str:
    if token.kind == "STRING":
        return TEXT
    if token.kind == "NUMBER":
        return _number(token.text)
    if token.kind != "NAME" or keyword.iskeyword(token.text):
        return token.text
    if before == ".":
        return NAME if token.text in names.own else token.text
    if token.text in names.imported:
        return names.imported[token.text]
    # axis=0 of a call: a name that its author did not choose.
    if after == "=" and before in {"(", ","} and token.text not in names.own:
        return token.text
    return token.text if token.text in _KEPT_NAMES else NAME


def _number(text: str) -> str:
    """Return a number as it is written shortest: 0.5, .5 and 5e-1 are one, and so are 2 and 2.0."""
    try:
        return f"{float(text.replace('_', '')):.17g}"
    except ValueError:  # hexadecimal or imaginary
        return text.lower()
