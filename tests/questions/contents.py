"""A small good example of every kind of question, and what a file says around it."""

OPTIONS = [
    {"key": "a", "text": "Huber", "right": True, "rationale": "Yes."},
    {"key": "b", "text": "MAE", "right": True, "rationale": "Yes."},
    {"key": "c", "text": "MSE", "rationale": "No.", "misconception": "Squares are robust."},
    {"key": "d", "text": "exp", "rationale": "No.", "misconception": "Powers are robust."},
]
CHOICES = {"prompt": "Which are robust?", "options": OPTIONS, "official_answer": "Both."}
STATEMENT = {
    "prompt": "MAE is smooth.",
    "right": False,
    "rationale": "It has a kink.",
    "misconception": "Every loss is differentiable.",
    "official_answer": "False.",
}
TERM = {
    "prompt": "Name it.",
    "accepted": ["log loss", "binary cross-entropy"],
    "wrong": [{"forms": ["hinge"], "misconception": "All losses of a classifier are hinges."}],
    "official_answer": "Log loss.",
}
STEPS = {
    "prompt": "Order.",
    "items": [{"key": key, "text": key.upper()} for key in "abcd"],
    "official_answer": "ABCD.",
}
PAIRS = {
    "prompt": "Match.",
    "pairs": [
        {"left": loss, "right": statistic, "rationale": "It is."}
        for loss, statistic in [("MSE", "mean"), ("MAE", "median"), ("0-1", "mode")]
    ],
    "extra": ["variance"],
    "official_answer": "Mean, median, mode.",
}
ESSAY = {
    "prompt": "Explain.",
    "rubric": [{"key": "a", "text": "A", "points": 1}, {"key": "b", "text": "B", "points": 2}],
    "official_answer": "Because.",
}
NUMBER = {
    "prompt": "Cross-entropy of $p = {{p}}$?",
    "parameters": {"p": {"values": [0.2, 0.25, 0.4]}},
    "answer": "-log(p)",
    "unit": "nats",
    "misconceptions": [
        {"value": "-log2(p)", "misconception": "Bits."},
        {"value": "1 - p", "misconception": "The error."},
    ],
    "official_answer": "$-\\log {{p}} = {{answer}}$.",
}
PLOT = {
    **CHOICES,
    "options": [OPTIONS[0], *OPTIONS[2:]],
    "figure": {
        "x": {"label": "error", "from": -2, "to": 2},
        "y": {"label": "loss"},
        "lines": [{"label": "A", "expression": "where(abs(x) < 1, x**2 / 2, abs(x) - 0.5)"}],
        "description": "A bowl that turns into lines.",
    },
}
GOOD = {
    "multiple_choice": CHOICES,
    "true_false": STATEMENT,
    "short_text": TERM,
    "ordering": STEPS,
    "matching": PAIRS,
    "open_text": ESSAY,
    "numeric": NUMBER,
    "plot_reading": PLOT,
}


SINGLE = {**CHOICES, "options": [OPTIONS[0], *OPTIONS[2:]]}
EVERY = {**GOOD, "single_choice": SINGLE, "coding": {"task": "huber", "prompt": "Write it."}}
ABOUT = {
    "title": "A question",
    "topics": ["robustness", "regression"],
    "roles": ["data-scientist"],
    "difficulty": "easy",
    "minutes": 2,
    "context": "Whether they know.",
    "instruction": "Think first.",
    "related": ["another"],
    "tags": ["robust"],
    "sources": ["A book: chapter 2"],
}


def fields_of(kind, **changes):
    """The fields of a file about a question of `kind`, called q."""
    return {"slug": "q", "kind": kind, **ABOUT, **EVERY[kind], **changes}
