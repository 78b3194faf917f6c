"""Relevance against diversity of a softmax-weighted selection."""

from typing import Any

import numpy as np

from grader.catalogue import laws
from grader.catalogue.exact import dot
from grader.catalogue.inputs import paired, require
from grader.catalogue.pairs import numeric_gradient
from grader.catalogue.task import (
    Argument,
    Array,
    Brief,
    Case,
    Curve,
    Edge,
    Example,
    Expect,
    Extreme,
    Law,
    Misconception,
    Parameter,
    Shape,
    Task,
    Variant,
    patched,
)
from grader.families import Family

Triple = tuple[Array, Array, Array]
ASYMMETRY = 1e-8  # of the largest similarity: rounding, not another matrix


def _checked(relevance: Array, weights: Array, similarity: Array) -> Triple:
    relevance, weights = paired(relevance, weights)
    similarity = np.asarray(similarity, dtype=np.float64)
    require(relevance.ndim == 1, "relevance and weights must be (n,)")
    require(similarity.shape == 2 * relevance.shape, "similarity must be (n, n)")
    # Half of each, for the difference of two large numbers may overflow. NaN compares false: it
    # must reach the result.
    apart = np.abs(0.5 * similarity - 0.5 * similarity.T)
    lopsided = bool(np.any(apart > 0.5 * ASYMMETRY * np.abs(similarity).max()))
    require(not lopsided, "similarity must be symmetric")
    return relevance, weights, similarity


def _softmax(weights: Array) -> Array:
    shares = np.exp(weights - weights.max())
    return np.asarray(shares / shares.sum())


def reference(relevance: Array, weights: Array, similarity: Array, trade_off: float = 0.5) -> float:
    """Return -(1 - t) sum_i w_i r_i + t sum_ij w_i S_ij w_j with w = softmax(weights).

    Args:
        relevance: r, shape (n,), any unit.
        weights: shape (n,), logits of the share w of each item.
        similarity: S, shape (n, n), symmetric, in relevance's unit.
        trade_off: t, from 0 (relevance alone) to 1 (diversity alone).

    Returns:
        The loss in relevance's unit, of any sign; NaN where an array holds one.

    Raises:
        ValueError: where shapes do not agree, the arrays are empty, or an element of S - S' is
            larger than 1e-8 of the largest element of S.

    Source: Carbonell, Goldstein, The Use of MMR, Diversity-Based Reranking for Reordering Documents
        and Producing Summaries (1998), relaxed to shares; the quadratic form is Rao, Diversity and
        Dissimilarity Coefficients (1982), section 2.
    """
    relevance, weights, similarity = _checked(relevance, weights, similarity)
    w = _softmax(weights)
    return float(-(1.0 - trade_off) * (w @ relevance) + trade_off * (w @ similarity @ w))


def gradient(
    relevance: Array, weights: Array, similarity: Array, trade_off: float = 0.5
) -> tuple[Array]:
    """Return the derivative with respect to weights, shape (n,); errors as above.

    With u = -(1 - t) r + t (S + S') w it is w (u - w.u): the Jacobian of softmax takes the mean
    out of u.
    """
    relevance, weights, similarity = _checked(relevance, weights, similarity)
    w = _softmax(weights)
    # What all relevances share changes no slope: taken off first, it costs no digits.
    ahead = relevance - relevance[0]
    u = -(1.0 - trade_off) * ahead + trade_off * (similarity @ w + w @ similarity)
    return (w * (u - w @ u),)


def sample(rng: np.random.Generator, shape: Shape) -> Triple:
    """Draw relevances in [0, 1], and cosines of items near one of a few directions."""
    (n,) = shape
    directions = rng.normal(size=(n, 6)) + 1.5 * rng.normal(size=(3, 6))[rng.integers(0, 3, size=n)]
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    similarity = directions @ directions.T
    return rng.uniform(size=n), rng.normal(size=n), 0.5 * (similarity + similarity.T)


def terms(relevance: Array, weights: Array, similarity: Array, trade_off: float = 0.5) -> float:
    """Return the larger of both sums, of absolute values."""
    w = _softmax(weights)
    gain = (1.0 - trade_off) * float(w @ np.abs(relevance))
    return max(gain, trade_off * float(w @ np.abs(similarity) @ w), 1e-300)


def definition(mp: Any, relevance: Any, weights: Any, similarity: Any, trade_off: Any) -> Any:
    total = mp.fsum(mp.exp(z) for z in weights)
    w = [mp.exp(z) / total for z in weights]
    alike = dot(mp, w, [dot(mp, row, w) for row in similarity])
    return -(1 - trade_off) * dot(mp, w, relevance) + trade_off * alike


def _with(similarity: Array, rng: np.random.Generator, **parameters: float) -> Case:
    relevance, weights, _ = sample(rng, (len(similarity),))
    return Case((relevance, weights, similarity), parameters)


def _weighted(rng: np.random.Generator, centre: float, gap: float) -> Case:
    """Three weights near `centre`, and the others `gap` below: no share of the three is 0 or 1."""
    relevance, weights, similarity = sample(rng, (8,))
    behind = rng.permutation(8) >= 3
    return Case((relevance, centre + weights - gap * behind, similarity))


def _scaled(rng: np.random.Generator, scale: float) -> Case:
    relevance, weights, similarity = sample(rng, (8,))
    return Case((scale * relevance, weights, scale * similarity))


def _lopsided(rng: np.random.Generator, share: float, scale: float) -> Case:
    """A similarity of size `scale` with one element moved by `share` of the largest."""
    relevance, weights, similarity = sample(rng, (6,))
    similarity *= scale
    i, j = rng.permutation(6)[:2]
    similarity[i, j] += share * np.abs(similarity).max()
    return Case((relevance, weights, similarity))


def _one_relevance(rng: np.random.Generator) -> Case:
    relevance, weights, similarity = sample(rng, (6,))
    return Case((relevance[:1], weights, similarity))


def _beside_large_relevance(rng: np.random.Generator) -> Case:
    """Relevances near 1e4, and shares of about 1e-4 for half of the items: small slopes."""
    relevance, weights, similarity = sample(rng, (8,))
    weights[rng.permutation(8)[:4]] -= 9.0
    return Case((relevance + 1e4, weights, similarity))


PLAIN = """\
import numpy as np


def _check(relevance, weights, similarity):
    n = weights.size
    if weights.shape != (n,) or relevance.shape != (n,) or similarity.shape != (n, n):
        raise ValueError("expected shapes (n,), (n,) and (n, n)")
    if n == 0:
        raise ValueError("nothing to select from")
    gap = np.abs(similarity - similarity.T)
    if np.any(gap > 1e-8 * np.abs(similarity).max()):
        raise ValueError("similarity must be symmetric")


def _softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()


def loss(relevance, weights, similarity, trade_off=0.5):
    _check(relevance, weights, similarity)
    w = _softmax(weights)
    return -(1 - trade_off) * np.dot(w, relevance) + trade_off * np.dot(w, similarity @ w)


def grad(relevance, weights, similarity, trade_off=0.5):
    _check(relevance, weights, similarity)
    w = _softmax(weights)
    u = -(1 - trade_off) * relevance + 2 * trade_off * (similarity @ w)
    return w * (u - np.dot(w, u))
"""

JACOBIAN = '''\
import numpy as np


def shares(weights):
    """Softmax by way of log-sum-exp."""
    return np.exp(weights - np.logaddexp.reduce(weights))


def prepare(relevance, weights, similarity):
    if relevance.ndim != 1 or relevance.shape != weights.shape or relevance.size == 0:
        raise ValueError("relevance and weights: one vector each, of one length, not empty")
    if similarity.shape != relevance.shape * 2:
        raise ValueError("similarity has the wrong shape")
    asymmetry = np.max(np.abs(similarity - np.transpose(similarity)))
    if asymmetry > 1e-8 * np.max(np.abs(similarity)):
        raise ValueError(f"similarity is not symmetric: off by {asymmetry}")
    return shares(np.asarray(weights, dtype=np.float64))


def loss(relevance, weights, similarity, trade_off=0.5):
    w = prepare(relevance, weights, similarity)
    gain = float(np.sum(w * relevance))
    redundancy = float(np.sum(np.outer(w, w) * similarity))
    return trade_off * redundancy - (1.0 - trade_off) * gain


def grad(relevance, weights, similarity, trade_off=0.5):
    w = prepare(relevance, weights, similarity)
    with_respect_to_w = trade_off * (similarity + similarity.T) @ w - (1.0 - trade_off) * relevance
    jacobian = np.diag(w) - np.outer(w, w)
    return jacobian @ with_respect_to_w
'''

CLOSURE = """\
import numpy as np


def selection(relevance, weights, similarity, trade_off):
    n = len(relevance)
    if n == 0 or relevance.shape != weights.shape or similarity.shape != (n, n):
        raise ValueError("bad shapes")
    upper = np.triu(similarity, 1) - np.tril(similarity, -1).T
    if np.abs(upper).max() > 1e-8 * np.abs(similarity).max():
        raise ValueError("asymmetric")
    odds = np.exp(weights - np.max(weights))
    w = odds / np.sum(odds)
    redundancy = np.dot(similarity, w)

    def value():
        per_item = trade_off * redundancy - (1 - trade_off) * relevance
        return np.average(per_item, weights=odds)

    def slope():
        per_item = 2 * trade_off * redundancy - (1 - trade_off) * relevance
        return w * (per_item - np.average(per_item, weights=odds))

    return value, slope


def loss(relevance, weights, similarity, trade_off=0.5):
    return selection(relevance, weights, similarity, trade_off)[0]()


def grad(relevance, weights, similarity, trade_off=0.5):
    return selection(relevance, weights, similarity, trade_off)[1]()
"""

LOOPS = """\
import math

import numpy as np


def _softmax(weights):
    top = max(weights) if not any(map(math.isnan, weights)) else math.nan
    odds = [math.exp(z - top) for z in weights]
    return [o / sum(odds) for o in odds]


def _check(relevance, weights, similarity):
    if relevance.ndim != 1 or relevance.shape != weights.shape:
        raise ValueError("relevance and weights must be vectors of one length")
    n = relevance.shape[0]
    if n == 0 or similarity.shape != (n, n):
        raise ValueError("similarity must be n by n, and n at least 1")
    limit = 1e-8 * float(np.abs(similarity).max())
    for i in range(n):
        for j in range(i):
            if abs(float(similarity[i, j]) - float(similarity[j, i])) > limit:
                raise ValueError("similarity must be symmetric")
    return n


def loss(relevance, weights, similarity, trade_off=0.5):
    n = _check(relevance, weights, similarity)
    w = _softmax(weights.tolist())
    total = 0.0
    for i in range(n):
        total -= (1 - trade_off) * w[i] * float(relevance[i])
        for j in range(n):
            total += trade_off * w[i] * float(similarity[i, j]) * w[j]
    return total


def grad(relevance, weights, similarity, trade_off=0.5):
    n = _check(relevance, weights, similarity)
    w = _softmax(weights.tolist())
    u = []
    for i in range(n):
        alike = sum(float(similarity[i, j]) * w[j] for j in range(n))
        u.append(2 * trade_off * alike - (1 - trade_off) * float(relevance[i]))
    mean = sum(a * b for a, b in zip(w, u))
    return np.array([a * (b - mean) for a, b in zip(w, u)])
"""

GAIN, ALIKE = "-(1 - trade_off) * np.dot(w, relevance)", "trade_off * np.dot(w, similarity @ w)"
START, RETURNED = "    w = _softmax(weights)", "w * (u - np.dot(w, u))"
LOPSIDED = "np.any(gap > 1e-8 * np.abs(similarity).max())"

MISCONCEPTIONS = (
    Misconception(
        "trade-off the wrong way round",
        Family.VALUES,
        "It weighs relevance by the trade-off and diversity by the rest, where it is the other "
        "way round.",
        patched(PLAIN, (START, f"    trade_off = 1 - trade_off\n{START}")),
    ),
    Misconception(
        "trade-off ignored",
        Family.VALUES,
        "It ignores the trade-off and always weighs both parts by one half.",
        patched(PLAIN, (START, f"    trade_off = 0.5\n{START}")),
    ),
    Misconception(
        "similarity rewarded",
        Family.VALUES,
        "It subtracts the similarity, and so asks for items that are all alike.",
        patched(PLAIN, (f"+ {ALIKE}", f"- {ALIKE}"), ("relevance + 2", "relevance - 2")),
    ),
    Misconception(
        "weights taken as shares",
        Family.VALUES,
        "It uses the weights as they are; the shares are their softmax.",
        patched(
            PLAIN,
            ("    e = np.exp(z - z.max())\n    return e / e.sum()", "    return z"),
            (RETURNED, "u"),
        ),
    ),
    Misconception(
        "an item not like itself",
        Family.VALUES,
        "It leaves the diagonal of the similarity out, though the sum runs over all pairs, an "
        "item with itself included.",
        patched(
            PLAIN, (START, f"    similarity = similarity * (1 - np.eye(len(weights)))\n{START}")
        ),
    ),
    Misconception(
        "each pair once",
        Family.VALUES,
        "It counts each pair of items once, as half of the quadratic form; the sum counts it both "
        "ways.",
        patched(PLAIN, (ALIKE, f"0.5 * {ALIKE}"), ("+ 2 * trade_off", "+ trade_off")),
    ),
    Misconception(
        "gradient with respect to the shares",
        Family.GRADIENTS,
        "Its gradient is with respect to the shares: the Jacobian of the softmax is missing.",
        patched(PLAIN, (RETURNED, "u")),
    ),
    Misconception(
        "softmax differentiated element by element",
        Family.GRADIENTS,
        "It takes w (1 - w) for the Jacobian of the softmax and forgets that each weight changes "
        "all shares.",
        patched(PLAIN, (RETURNED, "w * (1 - w) * u")),
    ),
    Misconception(
        "quadratic form differentiated once",
        Family.GRADIENTS,
        "It forgets the 2 in the derivative of the quadratic form: both factors depend on the "
        "weights.",
        patched(PLAIN, ("+ 2 * trade_off", "+ trade_off")),
    ),
    numeric_gradient(PLAIN, "weights"),
    Misconception(
        "exp of the raw weights",
        Family.STABILITY,
        "It takes exp of the weights as they are, which overflows when they are large.",
        patched(PLAIN, ("np.exp(z - z.max())", "np.exp(z)")),
    ),
    Misconception(
        "symmetry not checked",
        Family.EDGE_CASES,
        "It accepts a similarity that is not symmetric where it must raise ValueError.",
        patched(PLAIN, (LOPSIDED, "n < 0")),
    ),
    Misconception(
        "symmetry by allclose",
        Family.EDGE_CASES,
        "It asks np.allclose for symmetry, whose usual tolerances are neither the one that is "
        "stated nor relative to the largest similarity.",
        patched(PLAIN, (LOPSIDED, "not np.allclose(similarity, similarity.T, equal_nan=True)")),
    ),
    Misconception(
        "symmetry to a fixed size",
        Family.EDGE_CASES,
        "It compares the asymmetry with 1e-8 itself, not with 1e-8 of the largest similarity.",
        patched(PLAIN, (" * np.abs(similarity).max()", "")),
    ),
    Misconception(
        "NaN refused",
        Family.EDGE_CASES,
        "It raises ValueError for a similarity that holds NaN, where the loss is NaN.",
        patched(PLAIN, (LOPSIDED, "not np.all(gap <= 1e-8 * np.abs(similarity).max())")),
    ),
    Misconception(
        "shapes not compared",
        Family.EDGE_CASES,
        "It lets a relevance of another length broadcast where it must raise ValueError.",
        patched(PLAIN, ("or relevance.shape != (n,) ", "")),
    ),
)


def _one_item_in_many(rng: np.random.Generator) -> tuple[float, float]:
    """All similarities 1: the quadratic form is 1, whatever the shares."""
    case = _with(np.ones((8, 8)), rng, trade_off=1.0)
    return laws.value(reference, case), 1.0


def _even(rng: np.random.Generator) -> tuple[float, float]:
    relevance, _, similarity = sample(rng, (8,))
    plain = 0.3 * float(np.mean(similarity)) - 0.7 * float(np.mean(relevance))
    return reference(relevance, np.full(8, 2.0), similarity, trade_off=0.3), plain


def _items_reordered(rng: np.random.Generator, case: Case) -> Case:
    relevance, weights, similarity = case.arguments
    order = rng.permutation(len(weights))
    return Case((relevance[order], weights[order], similarity[np.ix_(order, order)]))


USUAL = laws.drawn(sample, 8)

LAWS = (
    laws.unchanged(
        "A common shift of the weights changes nothing.", reference, USUAL, laws.shifted(1)
    ),
    laws.unchanged("The order of the items does not matter.", reference, USUAL, _items_reordered),
    Law("Equal weights give plain means.", _even),
    Law("Where all similarities are 1 there is no diversity to gain.", _one_item_in_many),
)

TASKS = (
    Task(
        slug="relevance-diversity",
        title="Relevance and diversity of a selection",
        formula=r"L = -(1 - t) \sum_{i=1}^{n} w_i r_i + t \sum_{i=1}^{n} \sum_{j=1}^{n} "
        r"w_i S_{ij} w_j, \quad w_i = \frac{e^{a_i}}{\sum_{j=1}^{n} e^{a_j}}",
        sentence="With the shares w, the softmax of the weights a: minus (1 - t) times the sum of "
        "share times relevance r, plus t times the sum, over all pairs of items in both orders and "
        "each item with itself, of share times similarity S times share; t is trade_off.",
        domain="relevance and weights are vectors of n finite numbers, similarity is a symmetric "
        "(n, n) matrix of finite numbers, and trade_off is from 0 to 1; other shapes, empty input "
        "and a matrix that is not symmetric raise ValueError.",
        rules=(
            "The loss is one number; grad returns its derivative with respect to weights, a new "
            "array of shape (n,).",
            "relevance and weights have shape (n,) and similarity has shape (n, n); anything else "
            "raises ValueError and never broadcasts.",
            "Empty input raises ValueError.",
            "An element of |S - Sᵀ| that is larger than 1e-8 times the largest |S| raises "
            "ValueError; a smaller asymmetry is rounding and is accepted.",
            "A NaN in any of the three arrays makes the loss NaN; in similarity it raises nothing.",
            "trade_off may be 0 (relevance alone) or 1 (diversity alone); numbers outside of "
            "this range are not asked for.",
            "Similarities may be negative, and the diagonal counts like any other element.",
            "Weights up to 1e4 in size give a right and finite result.",
            "Arrays may be float32, strided or read-only; none is modified.",
        ),
        source="Carbonell, Goldstein, The Use of MMR, Diversity-Based Reranking for Reordering "
        "Documents and Producing Summaries (SIGIR 1998), section 2, relaxed from a ranking to "
        "shares; the quadratic form is that of Rao, Diversity and Dissimilarity Coefficients "
        "(1982).",
        brief=Brief(
            prompt="The front page of a news site has room for a few stories, and the most "
            "relevant ones are often five reports of the same event. Instead of picking stories "
            "one after the other, an editor's tool learns a share of attention for each: the "
            "softmax of its `weights`. Write the loss that trades the relevance of the selection "
            "against how alike its stories are, and its gradient with respect to `weights`. "
            "`trade_off` is the part that diversity gets.",
            context="A quadratic form under a softmax: the Jacobian, the factor 2 of a symmetric "
            "form, and a tolerance that has to be applied as it is stated.",
            topics=("ranking", "recommendation"),
            difficulty="hard",
            minutes=35,
        ),
        examples=(
            Example(
                Case(
                    (np.array([3.0, 1.0]), np.array([0.0, 0.0]), np.array([[1.0, 0.0], [0.0, 1.0]]))
                ),
                value=-0.75,
                gradient=((-0.25, 0.25),),
                working="Equal weights give shares of 1/2: the relevance is 2 and the quadratic "
                "form 1/4 + 1/4, so the loss is -2/2 + (1/2)/2; u is (-3/2, -1/2) + (1/2, 1/2) and "
                "its mean is -1/2, so the gradient is 1/2 of (-1/2, 1/2).",
            ),
            Example(
                Case(
                    (
                        np.array([4.0, 0.0]),
                        np.array([np.log(3.0), 0.0]),
                        np.array([[2.0, 1.0], [1.0, 2.0]]),
                    ),
                    {"trade_off": 0.25},
                ),
                value=-0.75 * 3.0 + 0.25 * 1.625,
                working="Shares of 3/4 and 1/4: the relevance is 3, and the quadratic form is "
                "(2 · 9 + 2 · 3 + 2 · 1) / 16 = 1.625.",
            ),
        ),
        definition=definition,
        arguments=(
            Argument("relevance", "n"),
            Argument("weights", "n", differentiate=True),
            Argument("similarity", "n n"),
        ),
        parameters=(Parameter("trade_off", 0.5, others=(0.0, 0.2, 1.0)),),
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=((8,), (2,), (5,), (12,)),
        large=(500,),
        terms=terms,
        extremes=(
            Extreme(
                "weights of 1e4",
                lambda rng: _weighted(rng, 1e4, 2e4),
                "Subtract the largest weight before exp: softmax does not change, and nothing "
                "overflows.",
                float32=True,
            ),
            Extreme(
                "weights of -1e4",
                lambda rng: _weighted(rng, -1e4, 0.0),
                "Subtract the largest weight before exp: where all exponentials are 0 there is "
                "nothing to divide by.",
            ),
            Extreme(
                "relevance and similarity of 1e30",
                lambda rng: _scaled(rng, 1e30),
                "The loss is linear in relevance and similarity: square neither.",
                float32=True,
            ),
        ),
        edges=(
            Edge(
                "one relevance for all items",
                _one_relevance,
                "relevance of shape (1,) does not stand for n equal ones: it raises ValueError.",
                Expect.VALUE_ERROR,
            ),
            Edge(
                "similarity clearly not symmetric",
                lambda rng: _lopsided(rng, 0.3, 1.0),
                "A similarity that is not symmetric raises ValueError.",
                Expect.VALUE_ERROR,
            ),
            Edge(
                "asymmetry of 2e-8 of the largest",
                lambda rng: _lopsided(rng, 2e-8, 1.0),
                "An asymmetry above 1e-8 of the largest similarity raises ValueError.",
                Expect.VALUE_ERROR,
            ),
            Edge(
                "asymmetry of 1e-4 of similarities of 1e-6",
                lambda rng: _lopsided(rng, 1e-4, 1e-6),
                "The tolerance is 1e-8 of the largest similarity, however small that is.",
                Expect.VALUE_ERROR,
            ),
            Edge(
                "asymmetry of 8e-9 of similarities of 1e6",
                lambda rng: _lopsided(rng, 8e-9, 1e6),
                "An asymmetry below 1e-8 of the largest similarity is accepted.",
                # Which of the two elements a slope takes is left open, and small slopes show it.
                gradient=False,
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        curves=(
            Curve(
                "The weight of one of two, relevances of 3 and 1, trade_off = 0.5",
                "weight",
                -6.0,
                6.0,
                lambda w: Case((np.array([3.0, 1.0]), np.array([w, 0.0]), np.eye(2))),
            ),
        ),
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("whole Jacobian", JACOBIAN),
            Variant("closures and weighted averages", CLOSURE),
            Variant("Python loops", LOOPS, slow=True),
        ),
        laws=LAWS,
        coarse=_beside_large_relevance,
    ),
)
