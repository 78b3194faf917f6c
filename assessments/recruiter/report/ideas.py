"""Ideas that a quiz answer and code can get wrong alike, found in the sentences of both.

Quiz and code name their misconceptions apart: an option in the words of its author, a diagnosis in
those of the catalogue. Each idea here knows the words of both. A sentence that names none belongs
to no idea; better an agreement is missed than made up.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Idea:
    """`means` says to a recruiter what somebody has not understood; the patterns find it."""

    slug: str
    title: str
    means: str
    quiz: re.Pattern[str]
    code: re.Pattern[str]


def _idea(slug: str, title: str, means: str, quiz: str, code: str) -> Idea:
    patterns = [re.compile(pattern, re.IGNORECASE) for pattern in (quiz, code)]
    return Idea(slug, title, means, *patterns)


IDEAS = (
    _idea(
        "reduction",
        "Sums and means",
        "what a loss is added up over and divided by, which sets the size of every training step",
        r"mean of (the |its )?(\w+'? )?means|average over all|divided by the number of samples"
        r"|\breduction\b|batch size|over the whole batch|gradients of means|gradient of a sum"
        r"|larger batch|mean (per|over) (the )?(tokens?|samples)",
        r"\badds? up\b.*\b(mean|asked)|\bsum(s|med)?\b.*\bmean\b|\bmean\b.*\b(sum|added up)"
        r"|not divided by|does not divide|without the division|averages over|\bmean over\b"
        r"|gradient of the sum",
    ),
    _idea(
        "range",
        "What a floating-point number can hold",
        "that large exponents overflow, small ones vanish, and digits get lost in between",
        r"overflow|half precision|\b(b?float|fp)\d\d\b|log-sum-exp|machine epsilon|\bNaN\b"
        r"|full precision|digits are missing|out of range|infinite value|number format",
        r"overflow|underflow|float32|\bNaN where a finite|infinity|digits are lost|rounds? to"
        r"|loses? (its |all )?digits|without (the )?shift|exponential.*(large|infinite)",
    ),
    _idea(
        "clipping",
        "Clipping and small constants",
        "that a clipped or shifted argument changes the loss, and cuts its gradient off",
        r"\bclip(s|ped|ping)?\b|machine epsilon",
        r"\bclip(s|ped|ping)?\b|\bepsilon (in|to|inside|under)|adds? (an? )?(small|epsilon|1e-)"
        r"|small constant|cuts? (it |them )?off",
    ),
    _idea(
        "sign",
        "The direction of a gradient",
        "which way the slope points, so that training goes downhill and not up",
        r"target minus the prediction|\$?y - \\sigma|points downhill|inner derivative.*negative"
        r"|not their signs",
        r"(gradient|training)\b.*\bsign\b|\bsign\b.*(gradient|training)|wrong sign|sign is wrong",
    ),
    _idea(
        "factor",
        "Constant factors",
        "which factors a formula carries, such as the 2 of a square or the half before it",
        r"factor (of )?\$?2\b|factor one half|twice the curvature|in spite of the half",
        r"factor (one half|2|of 2|of one half)|the (factor )?2 of|one half is (missing|left)"
        r"|\bhalv",
    ),
    _idea(
        "base",
        "The base of the logarithm",
        "in which unit a loss is counted: nats, bits or tens",
        r"\bbase (2|10)\b|base of the|logarithm's base|\bbits\b",
        r"\bbase (2|10)\b|logarithms? to (the )?base|\bbits\b",
    ),
    _idea(
        "logits",
        "Logits and probabilities",
        "at which point raw outputs become probabilities, and what that does to the slope",
        r"second (sigmoid|softmax)|outputs are logits|with respect to the probability"
        r"|slope of the sigmoid|output activation|loss from logits",
        r"softmax (once more|twice|again|a second)|sigmoid (once more|twice|again)"
        r"|(probabilit|sigmoid|softmax).*\blogits?\b|\blogits?\b.*probabilit|with respect to p\b"
        r"|derivative of the (sigmoid|softmax)",
    ),
    _idea(
        "kinks",
        "Kinks",
        "what the slope is where a loss has a corner",
        r"\bkinks?\b|subgradient",
        r"\bkinks?\b|subgradient|NaN where the error is 0|(off|wrong) only at",
    ),
    _idea(
        "threshold",
        "Where a robust loss turns from a square to a line",
        "what the threshold of such a loss does to small and to large errors",
        r"\bHuber\b|smooth L1|linear part|beyond the threshold",
        r"\bdelta\b|\bbeta\b.*(square|line|error)|quadratic (part|everywhere)|linear (part|branch)",
    ),
    _idea(
        "temperature",
        "The temperature",
        "what dividing scores by a temperature does to probabilities and to gradients",
        r"\btemperatures?\b",
        r"\btemperatures?\b",
    ),
    _idea(
        "margin",
        "The margin",
        "up to which distance a pair or a score is still pushed",
        r"\bmargins?\b",
        r"\bmargins?\b",
    ),
    _idea(
        "gradient",
        "A loss and its own gradient",
        "that the gradient is the derivative of exactly that loss",
        r"acts on the gradient only|leaves its gradient|not its gradient|gradient alone"
        r"|not seen in the loss|same gradients|size of (a|the) gradient|does not normalise",
        r"derivative of (your|its|the) own loss|not the derivative of|left out of the gradient"
        r"|gradient (lacks|misses|leaves out|forgets)",
    ),
)  # fmt: skip


def in_quiz(sentence: str) -> Iterator[Idea]:
    """Yield the ideas that the misconception of a quiz answer is about."""
    return (idea for idea in IDEAS if idea.quiz.search(sentence))


def in_code(sentences: Iterable[str]) -> Iterator[tuple[Idea, str]]:
    """Yield the ideas that a diagnosis is about, each with the sentence that says so."""
    # What must be refused says nothing of a formula.
    told = tuple(text for text in sentences if "ValueError" not in text)
    for idea in IDEAS:
        if found := next((text for text in told if idea.code.search(text)), None):
            yield idea, found
