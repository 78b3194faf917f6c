"""Times name their zone, and carry what a script needs to say them in the reader's own."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from questions.templatetags.times import local

MOMENT = datetime(2026, 9, 8, 23, 5, 9, 250_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        ("j M Y, H:i", "8 Sep 2026, 23:05 UTC"),
        ("j F Y", "8 September 2026"),
        ("H:i:s", "23:05:09 UTC"),
    ],
)
def test_a_time_is_in_utc_until_a_script_knows_better(shown, text):
    assert local(MOMENT, shown) == (
        '<time datetime="2026-09-08T23:05:09.250+00:00" title="8 Sep 2026, 23:05:09 UTC" '
        f'data-local="{shown}">{text}</time>'
    )


def test_a_moment_of_another_zone_is_the_same_moment():
    there = MOMENT.astimezone(timezone(timedelta(hours=5, minutes=30)))

    assert local(there, "j M Y, H:i") == local(MOMENT, "j M Y, H:i")


def test_no_moment_is_no_time():
    assert local(None, "H:i") == ""


def test_the_format_is_escaped():
    assert "<b>" not in local(MOMENT, "<b>")
