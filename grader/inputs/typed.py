"""Arrays and numbers as people type them in Python: read as data, never evaluated.

    VALUE   NUMBER, or [VALUE, ...] with rows of equal lengths; round brackets do as well
    NUMBER  1, -2.5, 1e-3, nan, inf, np.nan, np.inf, float("nan")
    ARRAY   VALUE, np.array(VALUE), np.array(VALUE, dtype=np.float32), np.float32(VALUE)

Python's own parser is kept from it: text may be made so that a parser falls over.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any

LONGEST = 20_000  # characters
DEEPEST = 6  # axes
MOST = 1_000  # elements of all arguments together
DTYPES = (
    "float64", "float32", "float16", "int64", "int32", "int16", "int8",
    "uint64", "uint32", "uint16", "uint8",
)  # fmt: skip
INTEGERS = {
    f"{sign}int{bits}": (0, 2**bits - 1) if sign else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    for sign in ("", "u")
    for bits in (8, 16, 32, 64)
}
ARRAYS = ("array", "np.array", "numpy.array", "np.asarray", "numpy.asarray")
SPECIAL = {
    f"{module}{name}": value
    for module in ("", "np.", "numpy.", "math.")
    for name, value in (("nan", "nan"), ("inf", "inf"))
} | {"NaN": "nan", "Infinity": "inf"}
# As word processors and formulas have it.
MINUS = "\N{MINUS SIGN}"
QUOTED_SPECIAL = {"nan": "nan", "inf": "inf", "-inf": "-inf", "+inf": "inf", "infinity": "inf"}

TOKEN = re.compile(
    r"""\s*(?:
        (?P<number>(?:[0-9][0-9_]{0,39}(?:\.[0-9]{0,39})?|\.[0-9]{1,39})
            (?:[eE][+-]?[0-9]{1,5})?(?![\w.]))
      | (?P<name>[A-Za-z_][A-Za-z0-9_.]{0,39})
      | (?P<text>'[^'\\\n]{0,40}'|"[^"\\\n]{0,40}")
      | (?P<mark>[\[\](),=+-])
    )""",
    re.VERBOSE,
)

Number = int | float | str


class Unreadable(ValueError):
    """Why a text is no array of numbers: a clause that goes behind the field's name."""


@dataclass(frozen=True, slots=True)
class Typed:
    """An array as it was typed.

    Attributes:
        shape: () for a single number.
        values: in C order; ints, finite floats, and the words "nan", "inf" and "-inf".
        dtype: the one that was named, None where none was.
    """

    shape: tuple[int, ...]
    values: tuple[Number, ...]
    dtype: str | None = None

    @property
    def is_whole(self) -> bool:
        return all(isinstance(value, int) for value in self.values)


def read_array(text: str, most: int = MOST) -> Typed:
    """Return the array that `text` holds, of at most `most` elements; raise Unreadable."""
    reader = _Reader(text, most)
    typed = reader.array()
    reader.end()
    return typed


def read_parameter(text: str) -> Number:
    """Return a number, or the word in quotes that `text` holds; raise Unreadable.

    A special number and a word cannot be told apart here: the parameter's default tells.
    """
    reader = _Reader(text, 1)
    value = reader.parameter()
    reader.end()
    return value


class _Reader:
    """Goes through the tokens of one text, once, from left to right."""

    def __init__(self, text: str, most: int) -> None:
        if len(text) > LONGEST:
            raise Unreadable(f"has {len(text):,} characters; at most {LONGEST:,} are read")
        self._tokens = list(_tokens(text))
        self._place = 0
        self._most = most
        self._values: list[Number] = []

    def array(self) -> Typed:
        kind, word = self._peek()
        if kind != "name" or word in SPECIAL or word == "float":
            return Typed(self._value(), tuple(self._values))
        self._take()
        named = word.rpartition(".")[2]
        if word not in ARRAYS and named not in DTYPES:
            raise Unreadable(f"holds `{word}`, and numbers in brackets are asked")
        self._expect("(")
        shape = self._value()
        dtype = self._dtype() if word in ARRAYS else named
        self._expect(")")
        return Typed(shape, tuple(self._values), dtype)

    def parameter(self) -> Number:
        kind, word = self._peek()
        if kind == "text":
            self._take()
            return word[1:-1]
        if kind == "name" and word not in SPECIAL and word != "float":
            self._take()
            return word
        self._number()
        return self._values[0]

    def end(self) -> None:
        kind, word = self._peek()
        if kind != "end":
            raise Unreadable(f"goes on with `{word}` where its end is expected")

    def _value(self, depth: int = 0) -> tuple[int, ...]:
        """Read a number or a list of values; return its shape."""
        if self._peek()[1] not in ("[", "("):
            self._number()
            return ()
        if depth == DEEPEST:
            raise Unreadable(f"is nested more than {DEEPEST} deep")
        closing = "]" if self._take() == "[" else ")"
        shapes = []
        while self._peek()[1] != closing:
            shapes.append(self._value(depth + 1))
            if self._peek()[1] != closing:
                self._expect(",")
        self._take()
        if any(one != other for one, other in pairwise(shapes)):
            raise Unreadable("has rows of different lengths")
        return (len(shapes), *(shapes[0] if shapes else ()))

    def _number(self) -> None:
        sign = self._take() if self._peek()[1] in ("+", "-") else "+"
        kind, word = self._peek()
        self._take()
        if kind == "number":
            number = _number(word)
        elif kind == "name" and (word in SPECIAL or word == "float"):
            number = SPECIAL[word] if word in SPECIAL else self._quoted()
        elif kind == "end":
            raise Unreadable("ends where a number is expected")
        else:
            raise Unreadable(f"holds `{word}` where a number is expected")
        if len(self._values) == self._most:
            raise Unreadable(f"has too many numbers: {MOST:,} are allowed for all arguments")
        self._values.append(_negated(number) if sign == "-" else number)

    def _quoted(self) -> Number:
        """Read what follows the word `float`: a special number in quotes and brackets."""
        self._expect("(")
        number = QUOTED_SPECIAL.get(self._take()[1:-1].lower())
        if number is None:
            raise Unreadable("""holds `float(...)`, of which only "nan" and "inf" are read""")
        self._expect(")")
        return number

    def _dtype(self) -> str | None:
        if self._peek()[1] != ",":
            return None
        self._take()
        if self._peek()[1] == ")":
            return None
        if self._peek()[1] == "dtype":
            self._take()
            self._expect("=")
        word = self._take().strip("'\"")
        dtype = {"float": "float64", "int": "int64"}.get(word, word.rpartition(".")[2])
        if dtype not in DTYPES:
            raise Unreadable(f"has the dtype `{word}`; {', '.join(DTYPES[:4])} are some that work")
        return dtype

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._place]

    def _take(self) -> str:
        kind, word = self._tokens[self._place]
        self._place += kind != "end"
        return word

    def _expect(self, mark: str) -> None:
        kind, word = self._peek()
        if word != mark or kind != "mark":
            found = f"`{word}`" if kind != "end" else "its end"
            raise Unreadable(f"has {found} where `{mark}` is expected")
        self._take()


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    text = text.replace(MINUS, "-").strip()
    place = 0
    while place < len(text):
        match = TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            raise Unreadable(f"holds `{_shown(text[place:])}`, which is no number")
        yield match.lastgroup, match[match.lastgroup]
        place = match.end()
    yield "end", ""


def _shown(rest: str) -> str:
    word = next(iter(rest.split()), "?")[:20]
    return "".join(c if c.isprintable() else "?" for c in word)


def _number(word: str) -> Number:
    if re.fullmatch("[0-9_]+", word):
        return int(word.replace("_", ""))
    value = float(word.replace("_", ""))
    return "inf" if value == float("inf") else value


def _negated(number: Number) -> Number:
    if isinstance(number, str):
        return {"inf": "-inf", "-inf": "inf"}.get(number, number)
    return -number


def written(array: Any) -> str:
    """Return a NumPy array as it would be typed, one row a line where it has several axes."""
    text = _written(array.tolist())
    if array.ndim < 2:
        return text
    depth = array.ndim - 1
    closing, opening = "]" * depth, "[" * depth
    return text.replace(f"{closing}, {opening}", f"{closing},\n {opening}")


def _written(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(chain(map(_written, value)))}]"
    return repr(value)
