"""Remarks in a draft's text stay by their field while the form changes what it says."""

import re

from hypothesis import given
from hypothesis import strategies as st

from questions.authoring import drafting
from questions.authoring.notes import kept
from questions.authoring.text import fields_of, text_of
from questions.models import Draft
from tests.questions.authoring.conftest import address, written

TEXT = """\
# from the handbook
slug: q  # for good
kind: single_choice
title: "A # of rows"
prompt: | # asked often
  Which one? # no remark

  # nor this
# three are enough
options:
  # the usual one
  - key: a
    text: Huber
    right: true
    rationale: Fine.
  - {key: b, text: MSE, rationale: No., misconception: x} # drop it?
  - key: c
    text: exp
    rationale: >
      Long text # none
    misconception: y
tags: [a,  # in a list
  b]
# the end
"""
NOTES = {
    "# from the handbook", "# for good", "# asked often", "# three are enough", "# the usual one",
    "# drop it?", "# in a list", "# the end",
}  # fmt: skip


def line_after(text, note):
    lines = [line.strip() for line in text.split("\n")]
    return lines[lines.index(note) + 1]


def test_what_the_form_writes_has_every_remark_and_says_the_same():
    fields = fields_of(TEXT)

    text = kept(TEXT, text_of(fields))

    assert fields_of(text) == fields
    assert all(note in text for note in NOTES)
    assert line_after(text, "# three are enough") == "options:"
    assert line_after(text, "# the usual one") == "- key: a"
    assert "slug: q  # for good" in text
    assert text.endswith("# the end\n")


def test_saving_again_changes_nothing():
    text = kept(TEXT, text_of(fields_of(TEXT)))

    assert kept(text, text_of(fields_of(text))) == text


def test_a_remark_moves_with_its_row():
    fields = fields_of(TEXT)
    fields["options"].reverse()

    text = kept(TEXT, text_of(fields))

    assert fields_of(text) == fields
    assert line_after(text, "# the usual one") == "- key: a"


def test_a_remark_outlives_its_row_and_its_field():
    fields = fields_of(TEXT)
    del fields["options"][1], fields["tags"], fields["prompt"]

    text = kept(TEXT, text_of(fields))

    assert fields_of(text) == fields
    assert all(note in text for note in NOTES)


def test_a_text_that_goes_on_takes_no_remark_in():
    before = "title: short  # mine\nslug: q\n"
    fields = {"title": '\u2028 "long" ' * 30, "slug": "q"}

    text = kept(before, text_of(fields))

    assert fields_of(text) == fields
    assert "# mine" in text


def test_a_text_that_cannot_be_read_has_no_place_for_remarks():
    assert kept("a: [1  # half", "slug: q\n") == "slug: q\n"


NAMES = st.sampled_from(["alpha", "beta", "gamma"])
VALUES = st.recursive(
    st.text("ab #\n:'\"-", max_size=12) | st.integers(-9, 9),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(NAMES, each, max_size=3),
    max_leaves=6,
)


@given(
    before=st.dictionaries(NAMES, VALUES, min_size=1),
    after=st.dictionaries(NAMES, VALUES, min_size=1),
    place=st.integers(0, 20),
)
def test_whatever_is_said_no_remark_is_lost_and_nothing_else_is_said(before, after, place):
    lines = text_of(before).split("\n")
    lines.insert(place, "# a remark")
    typed = "\n".join(lines)
    if not _reads_as(typed, before):
        return  # It stands in the middle of a text, and is none.

    text = kept(typed, text_of(after))

    assert fields_of(text) == after
    assert len(re.findall("(?m)# a remark$", text)) >= 1


def _reads_as(text, fields):
    try:
        return fields_of(text) == fields
    except ValueError:
        return False


def test_the_form_keeps_remarks_of_the_plain_text(ada, client_of):
    version = written(ada)
    text = f"# mine\n{version.draft.text}"
    drafting.save(ada, version, text, version.draft.revision)
    client = client_of(ada)
    form = client.get(address("edit", ada, version)).context["form"]
    typed = {node.name: node.text for node in form.nodes() if node.widget in ("line", "markdown")}

    client.post(
        address("save", ada, version),
        {"as": "fields", "kind": "single_choice", "revision": 3, **typed, "title": "Another"},
    )

    draft = Draft.objects.get()
    assert draft.text.startswith("# mine\nslug: ")
    assert fields_of(draft.text)["title"] == "Another"


def test_typing_into_what_was_published_meanwhile_is_told(ada, client_of):
    version = written(ada)
    version.draft.delete()

    response = client_of(ada).post(
        address("save", ada, version), {"as": "fields", "kind": "single_choice", "title": "Late"}
    )

    assert response.status_code == 409
