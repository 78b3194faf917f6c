"""The examples in the authors' documentation are questions that load."""

import re
from pathlib import Path

import pytest

from questions import files, kinds, reading

PAGE = Path(__file__).parents[2] / "docs" / "questions.md"
EXAMPLES = {
    str(reading.parse(text)[0]["slug"]): text
    for text in re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
}


@pytest.mark.parametrize("slug", EXAMPLES)
def test_every_example_is_a_question(tmp_path, slug):
    path = tmp_path / f"{slug}.yaml"
    path.write_text(EXAMPLES[slug])

    assert files.read(path).slug == slug


def test_there_is_an_example_of_every_kind():
    shown = [reading.parse(text)[0]["kind"] for text in EXAMPLES.values()]

    assert sorted(shown) == sorted(kinds.KINDS)


def test_every_field_of_a_file_is_explained():
    assert [name for name in files.COMMON if f"`{name}`" not in PAGE.read_text()] == []
