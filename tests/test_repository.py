"""What a reader of the repository relies on: links that lead somewhere, and no private traces."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TOP_LEVEL = {
    *(".ci", ".dockerignore", ".gitignore", "CHANGELOG.md", "Dockerfile", "LICENSE", "README.md"),
    *("assessments", "benchmarks", "clients", "config", "docker-compose.yml", "docs"),
    *("frontend", "grader"),
    *("manage.py", "pyproject.toml", "questions", "requirements", "script", "tests"),
}
# Everybody has a mirror of their own: an address of a package registry binds them to another's.
REGISTRIES = re.compile(
    r"pypi\.(org|python\.org)|pythonhosted\.org|npmjs\.(org|com)|yarnpkg\.com|"
    r"(deb|security|snapshot)\.debian\.org|archive\.ubuntu\.com|crates\.io|proxy\.golang\.org"
)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
HEADING = re.compile(r"^#+\s+(.*)$", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md"))]


def tracked():
    """The files under version control; an unpacked archive without it has nothing else to judge."""
    if not (ROOT / ".git").exists():
        pytest.fail("run this in a clone: which files belong to the repository is asked of git")
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True)
    names = listing.stdout.decode().split("\0")[:-1]
    return [path for path in map(ROOT.joinpath, names) if path.is_file()]


def name_of(path):
    return str(path.relative_to(ROOT))


def text(path):
    """The text of a file; pictures and fonts have none."""
    try:
        return path.read_text()
    except UnicodeDecodeError:
        return ""


def anchors(markdown):
    """The names that GitHub gives to headings."""
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(markdown)]
    return {heading.strip().replace(" ", "-") for heading in plain}


def test_the_top_level_holds_what_the_design_lists():
    found = {Path(name_of(path)).parts[0] for path in tracked()}

    assert found <= TOP_LEVEL


def test_no_file_names_a_package_registry():
    named = {name_of(path): REGISTRIES.findall(text(path)) for path in tracked()}

    assert {name: hosts for name, hosts in named.items() if hosts} == {}


def test_no_file_names_a_folder_of_the_machine_it_was_written_on():
    private = [str(ROOT), os.path.realpath(sys.base_prefix)]
    private = [folder for folder in private if folder not in {"/", "/usr", "/usr/local"}]
    leaks = {
        name_of(path): folder for path in tracked() for folder in private if folder in text(path)
    }

    assert leaks == {}


@pytest.mark.parametrize(
    "page", sorted(ROOT.glob("*.md")) + sorted(ROOT.glob("docs/**/*.md")), ids=name_of
)
def test_links_in_the_documentation_lead_somewhere(page):
    for link in LINK.findall(FENCED.sub("", page.read_text())):
        if re.match(r"[a-z]+:", link):
            continue
        target, _, anchor = link.partition("#")
        path = (page.parent / target).resolve() if target else page
        assert path.exists(), link
        if anchor and path.suffix == ".md":
            assert anchor in anchors(path.read_text()), link


@pytest.mark.parametrize("name", ["script/server", "script/test", "script/lock", ".ci/run"])
def test_programs_are_executable(name):
    assert os.access(ROOT / name, os.X_OK)


@pytest.mark.parametrize("name", ["grader", "server", "saml", "build", "test"])
def test_locks_pin_every_package_with_hashes(name):
    lock = (ROOT / "requirements" / f"{name}.txt").read_text()
    packages = [entry for entry in re.split(r"^(?=\S)", lock, flags=re.MULTILINE) if "==" in entry]

    assert "script/lock" in lock
    assert packages
    for package in packages:
        assert "--hash=sha256:" in package


def test_the_npm_lock_has_integrity_and_no_addresses():
    lock = (ROOT / "frontend/package-lock.json").read_text()

    assert '"integrity": "sha512-' in lock
    assert '"resolved"' not in lock


def test_the_readme_starts_with_the_two_commands():
    readme = (ROOT / "README.md").read_text()

    assert "script/server" in readme
    assert "script/test" in readme
