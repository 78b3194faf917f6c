"""What is checked of one file's texts, and of all files together."""

from copy import deepcopy
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from questions import files, writing
from questions.checking import formulas, summary, whole, wording
from tests.questions.contents import fields_of


@pytest.mark.parametrize(
    "text",
    [
        "No formula at all.",
        r"$\delta$ and $$\frac{1}{n} \sum_i (y_i - \hat y_i)^2$$",
        r"$\begin{cases} a & x < 0 \\ b & x \ge 0 \end{cases}$",
        r"$\{1, 2\}$ and $\tfrac12$ and $\text{a & b}$",
        r"It costs \$5, or \$6.",
        "Code: `cost = '$5'`",
        "```\nprice: $5\n```",
        "With {{n}} samples: ${{n}} \\cdot {{a_b_c}}$",
    ],
)
def test_a_readable_text_has_no_fault(text):
    assert list(formulas.faults_in(text)) == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param(r"$\delt$", r"unknown command \delt", id="misspelt command"),
        pytest.param(r"$\frac{1}{x$", "too few", id="a brace too few"),
        pytest.param(r"$x_{$", "can't be read", id="a subscript of nothing"),
        pytest.param(r"$a^b^c$", "can't be read", id="two exponents"),
        pytest.param(r"$\left( x$", "can't be read", id="no right bracket"),
        pytest.param(r"$x}$", "a brace or an &", id="a brace too many"),
        pytest.param(r"$a & b$", "a brace or an &", id="a stray column"),
        pytest.param(r"$\frac{1}$", "fraction of one part", id="no denominator"),
        pytest.param("It costs $5 each.", "a $ alone", id="a dollar"),
        pytest.param("$x$ and $y", "a $ alone", id="not closed"),
        pytest.param("That is $$\nx\n", "a $ alone", id="a block that is not closed"),
        pytest.param("Of {{n}} and\n{{m}}. More.", "become a list", id="a list by chance"),
    ],
)
def test_an_unreadable_formula_is_named_with_what_to_do(text, sentence):
    (found,) = formulas.faults_in(text)

    assert sentence in found


def write(folder, slug, fields):
    path = folder / f"{slug}.yaml"
    path.write_text(writing.text({**fields, "slug": slug}), encoding="utf-8")
    return path


def faults_of(path):
    with pytest.raises(files.BadFile) as caught:
        files.read(path)
    return caught.value.faults


@pytest.mark.parametrize(
    ("field", "line"),
    [
        ("prompt", "prompt: Bad $\\foo$"),
        ("official_answer", "official_answer: Bad $\\foo$"),
        ("context", "context: Bad $\\foo$"),
        ("instruction", "instruction: Bad $\\foo$"),
        ("options.1.text", "    text: Bad $\\foo$"),
        ("options.1.rationale", "    rationale: Bad $\\foo$"),
        ("options.2.misconception", "    misconception: Bad $\\foo$"),
    ],
)
def test_a_formula_is_checked_in_every_field_and_named_with_its_line(tmp_path, field, line):
    fields = deepcopy(fields_of("single_choice"))
    *way, last = [int(part) if part.isdigit() else part for part in field.split(".")]
    holder = fields
    for name in way:
        holder = holder[name]
    holder[last] = "Bad $\\foo$"
    path = write(tmp_path, "q", fields)

    (fault,) = faults_of(path)

    assert fault.field == field
    assert path.read_text().splitlines()[fault.line - 1] == line


def test_a_formula_in_a_title_is_refused(tmp_path):
    path = write(tmp_path, "q", fields_of("single_choice", title="The size of $\\delta$"))

    assert [fault.field for fault in faults_of(path)] == ["title"]


@pytest.mark.parametrize(
    "text",
    [
        "All of the above", "None of the above.", "none of these", "Both of the options",
        "Neither of the other answers", "Options a and c", "any of the given choices",
        "all the above",
    ],
)  # fmt: skip
def test_an_option_that_speaks_of_others_is_refused(tmp_path, text):
    fields = deepcopy(fields_of("single_choice"))
    fields["options"][2]["text"] = text

    (fault,) = faults_of(write(tmp_path, "q", fields))

    assert fault.field == "options.2.text"


@pytest.mark.parametrize(
    "text",
    [
        "It always decreases.", "Neither of them", "All of the weights", "none of the samples",
        "It is above 1.", "The sum of both losses", "each of these terms", "an option of the user",
    ],
)  # fmt: skip
def test_other_words_are_an_options_own_affair(text):
    assert list(wording.faults({"options": [{"text": text}]})) == []


def question(slug="q", *, right="bb", others=("aa", "cc", "dd"), key="a", kind="single_choice",
             **fields):  # fmt: skip
    """A choice whose right option has the key `key`."""
    keys = sorted({"a", "b", "c", "d"} - {key})[: len(others)]
    options = [{"key": key, "text": right, "right": True}]
    options += [{"key": k, "text": text} for k, text in zip(keys, others, strict=True)]
    about = {"title": slug, "prompt": slug, "difficulty": "easy", "topics": ["vision"]}
    given = {**about, "slug": slug, "kind": kind, "options": options, **fields}
    return files.Entry(given, Path(f"{slug}.yaml"))


@pytest.mark.parametrize(
    ("right", "others", "advised"),
    [
        pytest.param("a" * 60, ["b" * 40, "c" * 40], ["longest"], id="much longer"),
        pytest.param("a" * 20, ["b" * 40, "c" * 40], ["shortest"], id="much shorter"),
        pytest.param("a" * 50, ["b" * 40, "c" * 40], [], id="a little longer"),
        pytest.param("aaaa", ["b", "c"], [], id="short anyway"),
        pytest.param("a" * 60, ["b" * 60, "c" * 40], [], id="as long as another"),
        pytest.param(
            r"$\operatorname{softmax}_{i}$ of it", ["b" * 14, "c"], [], id="by what shows"
        ),
    ],
)
def test_a_right_option_that_stands_out_is_worth_a_word(right, others, advised):
    found = [fault.sentence for fault in whole.advice([question(right=right, others=others)])]

    assert [word for word in ("longest", "shortest") if any(word in s for s in found)] == advised
    assert len(found) == len(advised)


@pytest.mark.parametrize(
    ("keys", "even"),
    [
        pytest.param("abcd" * 25, True, id="each alike"),
        pytest.param("a" * 100, False, id="always the first"),
        pytest.param("a" * 10 + "b" * 40 + "c" * 40 + "d" * 10, False, id="in the middle"),
        pytest.param("a" * 30 + "b" * 20 + "c" * 25 + "d" * 25, True, id="as chance has it"),
    ],
)
def test_keys_of_right_options_are_spread_evenly(keys, even):
    entries = [question(f"q{n}", key=key) for n, key in enumerate(keys)]

    found = [sentence for sentence in whole.unevenness(entries) if "keys" in sentence]

    assert (found == []) is even


def test_fewer_options_are_counted_for_what_they_are():
    """60 questions of three options and 40 of four: d is right in a quarter of 40."""
    entries = [question(f"q{n}", key="abc"[n % 3], others=("aa", "cc")) for n in range(60)]
    entries += [question(f"r{n}", key="abcd"[n % 4]) for n in range(40)]

    _, expected = whole.keys_of(entries)

    assert expected == pytest.approx({"a": 30, "b": 30, "c": 30, "d": 10})
    assert list(whole.unevenness(entries)) == []


@pytest.mark.parametrize(
    ("right", "word"), [("x" * 9, "longest"), ("x", "shortest")], ids=["longest", "shortest"]
)
@pytest.mark.parametrize(("many", "even"), [(25, True), (33, True), (38, False), (100, False)])
def test_the_right_option_is_not_by_rule_the_longest_or_shortest(right, word, many, even):
    """Of 100 with four options chance is 25 and 2.33 standard deviations are 10.09."""
    cue = [question(f"q{n}", key="abcd"[n % 4], right=right) for n in range(many)]
    none = [question(f"r{n}", key="abcd"[n % 4]) for n in range(100 - many)]

    found = [sentence for sentence in whole.unevenness([*cue, *none]) if word in sentence]

    assert (found == []) is even


def test_links_lead_to_questions_there_are():
    entry = question("q", related=["q", "there", "nowhere"])

    found = list(whole.faults([entry], {"q", "there"}))

    assert [fault.field for fault in found] == ["related.0", "related.2"]
    assert "'nowhere'" in found[1].sentence


LONG = "A model is trained with the Huber loss. What happens to the gradient far from the target?"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"slug": "p", "title": "Q"}, "slug", id="slug"),
        pytest.param({"title": "P "}, "title", id="title"),
        pytest.param({"prompt": LONG}, "prompt", id="prompt"),
        pytest.param({"prompt": LONG.replace("happens", "occurs")}, "prompt", id="a word changed"),
        pytest.param({"prompt": LONG.upper() + "!"}, "prompt", id="typed in another way"),
        pytest.param({"prompt": LONG.replace("far from", "near")}, "prompt", id="two words"),
        pytest.param({"prompt": "A model is trained with the log-cosh loss on houses. Why?"}, None,
                     id="something else"),
        pytest.param({"prompt": " ".join(reversed(LONG.split()))}, None, id="words in disorder"),
        pytest.param({"prompt": LONG, "figure": {"description": "Another picture, of three curves "
                      "that cross each other twice between zero and one."}}, None, id="a figure"),
    ],
)  # fmt: skip
def test_what_is_there_twice_is_named(change, field):
    first = question("p", prompt=LONG)
    second = question(**{"slug": "q", **change})

    found = list(whole.faults([first, second], {"p", "q"}))

    assert [fault.field for fault in found] == ([field] if field else [])
    assert all("p.yaml" in fault.sentence for fault in found)


def test_the_summary_counts_by_kind_difficulty_topic_and_role():
    entries = [
        question("p", key="b", roles=["ai-engineer"], right="a long one"),
        question("q", difficulty="hard", topics=["vision", "calibration"]),
    ]

    text = "\n".join(summary.lines(entries))

    assert text.startswith("Questions: 2\n")
    assert "single choice 2" in text
    assert "easy 1, medium 0, hard 1" in text
    assert "Data Scientist 1, AI Engineer 2" in text
    assert "Calibration 1" in text
    assert "Computer vision 2" in text
    assert "Right keys: a 1, b 1, c 0, d 0" in text
    assert "the longest in 50%, the shortest in 0% (chance: 25%)" in text


def check(*paths):
    out, err = StringIO(), StringIO()
    failed = None
    try:
        call_command("bank", "check", *map(str, paths), stdout=out, stderr=err)
    except CommandError as error:
        failed = str(error)
    return out.getvalue(), err.getvalue().splitlines(), failed


def test_named_files_are_compared_with_the_bank(tmp_path):
    known = files.read(files.BANK / "huber-tail-gradient.yaml").fields
    path = write(tmp_path, "q", {**known, "title": "Another", "related": ["huber-tail-gradient"]})

    _, faults, failed = check(path)

    assert [line.partition(": This asks")[0] for line in faults] == ["q.yaml:9: prompt"]
    assert failed == "Faults: 1. All else is fine."


def test_every_fault_of_every_file_is_told_and_the_rest_is_counted(tmp_path):
    write(tmp_path, "good", fields_of("ordering", related=["huber-tail-gradient"]))
    write(tmp_path, "bad", fields_of("single_choice", topics=["nothing"], prompt="$\\foo$"))
    write(tmp_path, "worse", {"kind": "single_choice"})

    out, faults, failed = check(tmp_path)

    assert "Questions: 1" in out
    assert {line.partition(":")[0] for line in faults} == {"bad.yaml", "worse.yaml"}
    assert failed == f"Faults: {len(faults)}. All else is fine."
    assert len(faults) > 5


def test_the_shipped_bank_passes():
    _, faults, failed = check()

    assert faults == []
    assert failed is None


def test_the_summary_tells_how_many_draws_of_numeric_questions_differ():
    entry = files.Entry(fields_of("numeric"))

    assert list(summary.draws([entry])) == ["q"]
    assert summary.draws([entry])["q"] == 3
    assert list(summary.lines([entry]))[-1] == (
        "Numeric questions: 1, each solvable and readable in 200 draws and with no two equal "
        "numbers; 3 to 3 of the draws differ"
    )
