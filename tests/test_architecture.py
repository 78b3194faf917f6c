"""The design as a table: who may import whom, what is pure, and how long things may be."""

import ast
import re
import statistics
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "grader": set(),
    "questions": {"grader"},
    "assessments": {"grader", "questions"},
    "config": {"grader", "questions", "assessments"},
    # Packages of their own, which others install without the product.
    "clients": set(),
    # They start the product as the tests do.
    "benchmarks": {"grader", "questions", "assessments", "tests", "script"},
}
# Wiring and tools: they know the apps, and no app knows them.
IMPORTED_BY_NO_APP = {"config", "tests", "script", "benchmarks", "minima_client"}
# What a folder's package is called, where that is not the folder's name.
OWN_NAMES = {"clients": {"minima_client"}}
# All that requirements/grader.txt brings: the grading worker runs next to hostile code.
GRADER_PACKAGES = {"numpy", "celery", "kombu"}
PURE = ["grader/catalogue", "grader/plan", "grader/judge"]
IMPURE_MODULES = {
    *("celery", "kombu", "redis"),
    *("time", "datetime", "threading", "asyncio", "multiprocessing"),
    *("os", "io", "pathlib", "shutil", "tempfile", "subprocess", "signal", "socket", "ctypes"),
    *("random", "secrets", "uuid"),
}
VAGUE_NAMES = {"utils", "util", "common", "core", "helpers", "misc", "base_utils"}
LONGEST_FUNCTION, LONGEST_FILE, LONGEST_ROW = 50, 400, 600


def sources(*folders):
    foreign = {"node_modules", "hostile", "build"}
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return sorted(path for path in found if foreign.isdisjoint(path.parts))


def name_of(path):
    return str(path.relative_to(ROOT))


APPLICATION = sources(
    "grader", "questions", "assessments", "config", "script", "benchmarks", "clients"
)
ALL = [*APPLICATION, *sources("tests")]


def tree(path):
    return ast.parse(path.read_text())


def imported_modules(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def imported_packages(path):
    return {name.partition(".")[0] for name in imported_modules(path)}


def functions(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(function):
    """Lines of a function without its docstring."""
    lines = function.end_lineno - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is not None:
        lines -= first.end_lineno - first.lineno + 1
    return lines


@pytest.mark.parametrize("app", MAY_IMPORT)
def test_imports_point_one_way(app):
    own = {app, *OWN_NAMES.get(app, ())}
    for path in sources(app):
        apps = imported_packages(path) & (set(MAY_IMPORT) | IMPORTED_BY_NO_APP)
        assert apps <= MAY_IMPORT[app] | own, name_of(path)


ROOMS = ("api", "candidate", "recruiter")
FILTERS_OF_ROOMS = {"sitting": "candidate", "desk": "recruiter", "leaving": "recruiter"}


def room(path):
    """The room of `assessments` that a file belongs to; None for what they share."""
    if path.parent.name == "templatetags":
        return FILTERS_OF_ROOMS.get(path.stem)
    return next((each for each in ROOMS if each in path.parts), None)


def test_one_room_of_the_assessments_imports_nothing_from_another():
    for path in filter(room, sources("assessments")):
        parts = (name.split(".") for name in imported_modules(path))
        rooms = {names[1] for names in parts if names[0] == "assessments" and len(names) > 1}
        assert (rooms & set(ROOMS)) <= {room(path)}, name_of(path)


def test_the_grader_needs_nothing_but_its_own_packages():
    for path in sources("grader"):
        foreign = imported_packages(path) - sys.stdlib_module_names - {"grader"}
        assert foreign <= GRADER_PACKAGES, name_of(path)


@pytest.mark.parametrize("path", [path for folder in PURE for path in sources(folder)], ids=name_of)
def test_catalogue_plan_and_judge_are_pure(path):
    if path.parent == ROOT / "grader/catalogue" and path.stem == "__init__":
        # It finds its rows by listing its own folder, once, at import.
        return
    assert imported_packages(path).isdisjoint(IMPURE_MODULES)


def test_only_the_sandbox_starts_processes():
    for path in sources("grader", "questions", "assessments"):
        if (ROOT / "grader/sandbox") not in path.parents:
            assert imported_packages(path).isdisjoint({"subprocess", "pty"}), name_of(path)


def test_nothing_is_unpickled():
    forbidden = {"pickle", "shelve", "dill", "cloudpickle", "joblib"}
    for path in sources("grader", "questions", "assessments", "config"):
        assert imported_packages(path).isdisjoint(forbidden), name_of(path)


def test_code_and_data_of_strangers_are_evaluated_inside_the_walls_alone():
    """marshal, eval and exec trust their input: only the child, which has nothing, may use them."""
    # The judge runs the catalogue's own sources to know what a misconception returns.
    ours = {ROOT / "grader/judge/rehearsal.py"}
    trusting = re.compile(r"(?<![\w.])(marshal\.loads?|eval|exec)\(")
    # It runs the catalogue's own misconceptions, to compare their numbers with a candidate's.
    ours = ROOT / "grader/judge/rehearsal.py"
    for path in sources("grader", "questions", "assessments", "config"):
        if (ROOT / "grader/sandbox/inside") not in path.parents and path != ours:
            assert not trusting.findall(path.read_text()), name_of(path)


def test_no_module_has_a_vague_name():
    vague = [name_of(path) for path in ALL if {path.stem, *path.parts} & VAGUE_NAMES]

    assert vague == []


def test_no_function_is_too_long():
    long = [
        f"{name_of(path)}:{function.lineno} {function.name}: {length(function)} lines"
        for path in ALL
        if "migrations" not in path.parts
        for function in functions(path)
        if length(function) > LONGEST_FUNCTION
    ]

    assert long == []


def test_functions_are_short_as_a_rule():
    lengths = sorted(length(function) for path in APPLICATION for function in functions(path))

    assert statistics.median(lengths) <= 8
    assert lengths[len(lengths) * 9 // 10] <= 25


def longest(path):
    """A row of the catalogue holds all its right and wrong answers: adding one edits one file."""
    return LONGEST_ROW if path.parent == ROOT / "grader/catalogue" else LONGEST_FILE


def test_no_file_is_too_long():
    written = [path for path in ALL if "migrations" not in path.parts]
    lines = {path: len(path.read_text().splitlines()) for path in written}

    assert {name_of(path): n for path, n in lines.items() if n > longest(path)} == {}


def test_tests_mirror_the_product():
    """A folder of tests names what it tests, so that a test is found where its subject is.

    But for `peers`: there other systems are acted, and nothing is tested.
    """
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir()}

    assert folders - {"__pycache__", "peers"} <= {
        *MAY_IMPORT,
        "browser",
        "peers",
        "script",
        "deploy",
    }
    assert not list((ROOT / "tests" / "peers").glob("test_*"))
