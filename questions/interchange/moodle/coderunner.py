"""Coding questions as CodeRunner's: open tests that print a verdict, and nothing hidden.

CodeRunner compares what is printed, so each test compares numbers itself. Of our checks it gets
the few that candidates see anyway; the grader's others stay with the grader.
"""

from xml.etree import ElementTree

from grader import own
from grader.catalogue import CATALOGUE
from grader.catalogue.task import Task
from questions.interchange import bodies
from questions.interchange.remarks import Fields, Native, Refused
from questions.interchange.samples import brief, samples
from questions.interchange.trees import add, child, text_of
from questions.kinds.coding import row_of, shown

Element = ElementTree.Element
# What a prototype says is inherited where the element is empty.
INHERITED = (
    "useace", "resultcolumns", "template", "iscombinatortemplate", "allowmultiplestdins",
    "testsplitterre", "language", "acelang", "sandbox", "grader", "cputimelimitsecs", "memlimitmb",
    "sandboxparams", "templateparams", "uiplugin",
)  # fmt: skip


def task_of(fields: Fields) -> Task:
    """Return the row that a coding question names, or its own task; raise Refused without any."""
    if "own" not in fields and fields.get("task") not in CATALOGUE:
        raise Refused(f"The catalogue has no task {fields.get('task')!r}.")
    return _own(fields) if "own" in fields else row_of(fields)


def _own(fields: Fields) -> Task:
    """Return an own task, of which nothing is run; what a file carries of it may be damaged."""
    try:
        wrong = [sentence for _, sentence in own.faults(fields["own"])]
        task = row_of(fields)
        shown(task)
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise Refused(f"Its own task can't be read: {error}") from error
    if wrong:
        raise Refused(f"Its own task can't be read: {wrong[0]}")
    return task


def write_coding(element: Element, fields: Fields) -> None:
    task = task_of(fields)
    asked = child(element, "questiontext", "text")
    if asked is not None:
        asked.text = f"{asked.text or ''}{bodies.own('task', bodies.html(brief(task)))}"
    add(element, "coderunnertype", "python3")
    add(element, "prototypetype", "0")
    add(element, "allornothing", "0")
    add(element, "penaltyregime", "0")
    add(element, "precheck", "0")
    add(element, "showsource", "0")
    add(element, "answerboxlines", "25")
    add(element, "answerboxcolumns", "100")
    add(element, "answerpreload", shown(task)["starter"])
    add(element, "globalextra")
    for name in INHERITED:
        add(element, name)
    add(element, "answer", task.variants[0].source)
    add(element, "validateonsave", "1")
    _add_tests(element, task)


def _add_tests(element: Element, task: Task) -> None:
    cases = add(element, "testcases")
    for number, sample in enumerate(samples(task)):
        marks = {"testtype": "0", "hiderestiffail": "0", "mark": "1.0"}
        case = add(cases, "testcase", useasexample="1" if number == 0 else "0", **marks)
        texts = {"testcode": sample.code, "stdin": "", "expected": sample.expected, "extra": ""}
        for name, text in {**texts, "display": "SHOW"}.items():
            add(add(case, name), "text", text)


def read_coding(element: Element, tagged: str | None, named: str | None) -> Native:
    """Return a coding question; raise Refused for code that our grader does not judge.

    Of an own task only how it is `named` is said here: the file carries the rest for us.
    """
    if named:
        return Native({"kind": "coding", "own": named})
    language = text_of(child(element, "coderunnertype")) or "an unknown language"
    if not tagged or tagged not in CATALOGUE:
        raise Refused(
            f"It asks for code ({language}) that no task of the catalogue judges: its tests "
            "compare printed text."
        )
    return Native({"kind": "coding", "task": tagged})
