"""Questions of every kind as hypothesis draws them: right, odd, and half written."""

from hypothesis import strategies as st

from questions.files import ROLES, topics
from questions.interchange.answers import KEYS

# What is apt to be lost: formulas, signs that mean something somewhere, spaces, other scripts.
PIECES = [
    r"$\nabla L = \frac{1}{N}$", r"$\{x \mid x < 0\}$", r"$a_1 * b_2$", "$$\n\\sum_i x_i\n$$",
    "`x[0] == y`", "``a`b``", "**bold**", "*it*", "- item", "1. item", "# not a title", "> quoted",
    "```python\nx = 1\n\ny = 2\n```", "| a | b |\n|---|---|\n| 1 | 2 |", r"\$5", r"\(", "\\\\",
    "<b>tag</b>", "&amp;", "a -> b", "{braces}", "~tilde~", "=equal=", "#hash#", "::name::", "//x",
    "%50%", "[html]", "_under_", "line\nline", "para\n\ngraph", "“quoted”", "ßé…", "数学", "🎲",
    "]]>", "<!-- c -->", "T", "TRUE", "$", "\\", "a\u00a0b", "\\n", "\\nabla", "[id:x]", "[tag:y]",
]  # fmt: skip
CHARACTERS = st.characters(
    exclude_categories=["Cs", "Cc", "Cn"], exclude_characters="\ufffd\ufffe\uffff"
)
WORDS = st.text(CHARACTERS, min_size=1, max_size=12)
TEXT = st.lists(st.sampled_from(PIECES) | WORDS, min_size=1, max_size=4).map(" ".join)
MAYBE = TEXT | st.just("")
LINE = st.text(CHARACTERS.filter(lambda c: c not in "\u2028\u2029"), min_size=1, max_size=30)
SLUG = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,3}", fullmatch=True)
FORMS = st.lists(LINE, min_size=1, max_size=3, unique=True)


@st.composite
def options(draw, *, single):
    count = draw(st.integers(2, 6))
    right = {draw(st.integers(0, count - 1))}
    if not single:
        right |= set(draw(st.lists(st.integers(0, count - 1), max_size=2)))
    found = []
    for number in range(count):
        option = {"key": KEYS[number], "text": draw(TEXT), "rationale": draw(MAYBE)}
        more = {"right": True} if number in right else {"misconception": draw(MAYBE)}
        found.append({**option, **more})
    return found


def keyed(texts, **more):
    return [{"key": key, **text, **more} for key, text in zip(KEYS, texts, strict=False)]


ITEMS = st.lists(TEXT.map(lambda text: {"text": text}), min_size=2, max_size=6).map(keyed)
POINT = st.fixed_dictionaries({"text": TEXT, "points": st.sampled_from([1, 2, 0.5, 10])})
RUBRIC = st.lists(POINT, max_size=4).map(keyed)
PAIR = st.fixed_dictionaries({"left": TEXT, "right": TEXT, "rationale": MAYBE})
WRONG = st.fixed_dictionaries({"forms": FORMS, "misconception": MAYBE})
NUMBERS = st.sampled_from(["2", "-0.5", "1e-3", "log(3)"])
BELIEF = st.fixed_dictionaries({"misconception": MAYBE, "value": NUMBERS})
FIGURE = {
    "x": {"label": "error", "from": -1, "to": 1.5},
    "y": {"label": "loss & more"},
    "lines": [{"label": "A", "expression": "x**2"}, {"label": "B", "points": [[0, 1], [1, 2]]}],
    "description": 'A bowl, "and" a <line>.',
}
# What a kind requires, and what it may have besides.
CONTENT = {
    "single_choice": ({"options": options(single=True)}, {}),
    "plot_reading": ({"options": options(single=True), "figure": st.just(FIGURE)}, {}),
    "multiple_choice": (
        {"options": options(single=False)},
        {"credit": st.sampled_from(["part", "whole"])},
    ),
    "true_false": (
        {"right": st.booleans(), "rationale": MAYBE, "misconception": MAYBE},
        {},
    ),
    "short_text": ({"accepted": FORMS}, {"wrong": st.lists(WRONG, max_size=2)}),
    "ordering": ({"items": ITEMS}, {"rationale": TEXT}),
    "matching": (
        {"pairs": st.lists(PAIR, min_size=1, max_size=4)},
        {"extra": st.lists(TEXT, max_size=2)},
    ),
    "open_text": (
        {"rubric": RUBRIC},
        {"words": st.integers(20, 1000), "misconceptions": st.lists(TEXT, max_size=2)},
    ),
    "numeric": (
        {
            "answer": st.sampled_from(["1", "-0.25", "log(2)", "3e5", "1/3"]),
            "misconceptions": st.lists(BELIEF, max_size=3),
        },
        {
            "unit": st.sampled_from(["nats", "%", "m/s"]),
            "tolerance": st.sampled_from([{"absolute": 0.5}, {"relative": 0.02}]),
            "digits": st.integers(1, 8),
            "choose": st.just(True),
        },
    ),
    "coding": (
        {"task": st.sampled_from(["huber", "binary-cross-entropy"])},
        {"weights": st.just({"values": 0.5})},
    ),
}


@st.composite
def questions(draw, kind):
    """A question of `kind`, of which some texts are empty, as in drafts."""
    own, optional = CONTENT[kind]
    required = {
        "slug": SLUG,
        "title": LINE,
        "topics": st.lists(st.sampled_from(list(topics())), max_size=3, unique=True),
        "difficulty": st.sampled_from(["easy", "medium", "hard"]),
        "minutes": st.integers(1, 240),
        "context": MAYBE,
        "prompt": TEXT,
        **own,
    }
    if kind != "coding":
        required["official_answer"] = MAYBE
    around = {
        "instruction": TEXT,
        "roles": st.lists(st.sampled_from(list(ROLES)), min_size=1, max_size=4, unique=True),
        "related": st.lists(SLUG, max_size=2, unique=True),
        "tags": st.lists(LINE, max_size=3, unique=True),
        "sources": st.lists(LINE, max_size=2),
    }
    found = draw(st.fixed_dictionaries(required, optional={**around, **optional}))
    return {"kind": kind, **found}


@st.composite
def parameterised(draw):
    """A numeric question that draws its numbers."""
    found = draw(questions("numeric"))
    values = draw(st.lists(st.integers(2, 99), min_size=1, max_size=6, unique=True))
    return {
        **found,
        "prompt": f"{found['prompt']}\n\nWhat is the log of {{{{p}}}}?",
        "parameters": {"z": {"values": [1]}, "p": {"values": values}},
        "conditions": ["p > 1"],
        "answer": "log(p)",
        "misconceptions": [{"value": "p + z", "misconception": "It is the number itself."}],
        "official_answer": "$\\log {{p}} = {{answer}}$",
    }
