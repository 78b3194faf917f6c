import pytest

from assessments.similarity.tokens import tokens


def said(source):
    return " ".join(token.text for token in tokens(source))


PLAIN = "def loss(y, p):\n    e = p - y\n    return np.mean(e ** 2)\n"


@pytest.mark.parametrize(
    "other",
    [
        pytest.param("def loss(a, b):\n    d = b - a\n    return np.mean(d ** 2)\n", id="names"),
        pytest.param("def loss(y,p):\n\te=p-y;return np.mean(e**2)", id="layout"),
        pytest.param(f"# mine\n{PLAIN}# and so on\n", id="comments"),
        pytest.param(PLAIN.replace(":\n", ':\n    """The loss."""\n', 1), id="docstring"),
        pytest.param(PLAIN.replace("y, p)", "y: list[int], p: int) -> float"), id="types"),
        pytest.param(PLAIN.replace("    e =", "    e: Any ="), id="type of a variable"),
        pytest.param(PLAIN.replace("p - y", "(p - y)"), id="brackets"),
        pytest.param(PLAIN.replace("y, p)", "y, p,)"), id="comma at the end"),
        pytest.param(f"import numpy as np\n\n{PLAIN}", id="import"),
        pytest.param(
            f"import numpy\n{PLAIN}".replace("np.mean", "numpy.mean"), id="name of a module"
        ),
        pytest.param(
            f"from numpy import mean as m\n{PLAIN}".replace("np.mean", "m"), id="name imported"
        ),
        pytest.param(PLAIN.replace("e ** 2", "e ** 2.0"), id="way to write a number"),
    ],
)
def test_code_that_only_looks_different_has_the_same_tokens(other):
    imported = f"import numpy as np\n{PLAIN}"

    assert said(f"import numpy as np\n{other}") == said(imported)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(PLAIN.replace("mean", "sum"), id="another function"),
        pytest.param(PLAIN.replace("2", "3"), id="another number"),
        pytest.param(PLAIN.replace("p - y", "p + y"), id="another sign"),
        pytest.param(PLAIN.replace("e ** 2)", "e ** 2, axis=0)"), id="an argument more"),
    ],
)
def test_code_that_does_something_else_has_other_tokens(other):
    assert said(other) != said(PLAIN)


def test_the_names_that_an_author_gave_to_attributes_are_one_and_numpys_are_not():
    mine = "class A:\n    def __init__(self, x):\n        self.error = x\n        self.n = x.size\n"

    assert said(mine) == said(mine.replace("error", "gap").replace("self.n", "self.count"))
    assert "size" in said(mine)


def test_an_f_string_is_a_text_like_any_other():
    assert said('raise ValueError(f"delta is {delta!r}, {1 + 1}")') == said('raise ValueError("")')


@pytest.mark.parametrize("broken", ["def loss(:\n  (", "'''", "x = (1,\n\n", "\tif\n x", "é€ = ?"])
def test_what_is_no_python_is_read_as_far_as_it_goes(broken):
    source = f"{PLAIN}\n{broken}"

    assert said(source).startswith(said(PLAIN)[:20])


def test_each_token_knows_its_characters():
    source = 'x = "é"\r\nif x:\n    total = foo.bar(x, 10)  # ten\n'

    found = {source[token.start : token.stop] for token in tokens(source)}

    assert {"x", '"é"', "if", "total", "bar", "10"} <= found
    assert not any("ten" in text for text in found)
