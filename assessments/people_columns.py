"""The columns of a list of people: their names, in English or German, and what they hold."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from assessments.email_texts import one_line

LONGEST_MESSAGE = 2000
YES = {"yes", "y", "true", "1", "x", "on", "ja", "j", "wahr"}
NO = {"", "no", "n", "false", "0", "off", "nein", "falsch", "-"}
# The last minute of a day: who may start until Friday may start on Friday.
END_OF_DAY = time(23, 59, tzinfo=UTC)
_DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d", "%d.%m.%y")
_MOMENTS = ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%d.%m.%Y %H:%M")

_NAMES = {
    "name": "name fullname candidate candidatename kandidat kandidatin bewerber bewerberin",
    "first_name": "firstname givenname forename vorname",
    "last_name": "lastname surname familyname nachname familienname",
    "email": "email mail emailaddress mailaddress address emailadresse mailadresse adresse",
    "extra_percent": "extrapercent extratimepercent zusatzprozent zusatzzeitprozent mehrzeitprozent"
    " zeitzuschlagprozent zeitzuschlag zusatzzeitpercent zeitzuschlagpercent mehrzeitpercent",
    "extra_minutes": "extraminutes extratimeminutes zusatzminuten zusatzzeitminuten"
    " mehrzeitminuten",
    "break_minutes": "breakminutes breaks breaksminutes pausen pausenminuten pausenzeit",
    "large_type": "largetype largertype largeprint grosseschrift grossschrift",
    "untimed": "untimed notimelimit ohnezeitlimit ohnezeitbegrenzung zeitlos",
    "expires": "expires expiry expireson validuntil until deadline gueltigbis ablauf laeuftab"
    " bis frist",
    "language": "language lang sprache",
    "message": "message text note nachricht mitteilung anschreiben",
}
_COLUMNS = {alias: column for column, aliases in _NAMES.items() for alias in aliases.split()}
COLUMNS = tuple(_NAMES)
# With the most that each may be.
NUMBERS = {"extra_percent": 400, "extra_minutes": 1440, "break_minutes": 480}
_SPELT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_LANGUAGES = {"english": "en", "englisch": "en", "german": "de", "deutsch": "de"}


def column_of(name: str) -> str | None:
    """Return the column that a heading names: "E-Mail-Adresse" is `email`; None for any other."""
    plain = name.casefold().translate(_SPELT).replace("%", "percent")
    return _COLUMNS.get(re.sub(r"[^a-z]", "", plain))


def value_of(column: str, text: str) -> Any:
    """Return what a cell of `column` means; raise ValueError with a sentence where it can't be."""
    if column in NUMBERS:
        return _number(column, text)
    read: Callable[[str], Any] = _READ.get(column, _plain)
    return read(text)


def _plain(text: str) -> str:
    return one_line(text)[:200]


def _email(text: str) -> str:
    address = text.strip().lower()
    if not address:
        raise ValueError("The e-mail address is missing.")
    try:
        validate_email(address)
    except ValidationError as error:
        raise ValueError(f"“{one_line(text)[:80]}” is no e-mail address.") from error
    if len(address) > 254:
        raise ValueError("The e-mail address is too long.")
    return address


def _number(column: str, text: str) -> int:
    """A whole number, with or without "%" or "min" behind it."""
    bare = re.sub(r"\s*(%|min\.?|minutes|minuten)$", "", text.strip())
    if not bare:
        return 0
    most, shown = NUMBERS[column], column.replace("_", " ")
    if not re.fullmatch(r"\d{1,5}", bare, re.ASCII) or int(bare) > most:
        raise ValueError(f"“{one_line(text)[:20]}” is no number of {shown} from 0 to {most}.")
    return int(bare)


def _flag(text: str) -> bool:
    word = text.strip().casefold()
    if word not in YES | NO:
        raise ValueError(f"“{one_line(text)[:20]}” is neither yes nor no.")
    return word in YES


def _moment(text: str) -> datetime | None:
    """A day, until its end, or a moment; both in UTC."""
    bare = text.strip()
    if not bare:
        return None
    for shape in (*_DAYS, *_MOMENTS):
        try:
            found = datetime.strptime(bare, shape).replace(tzinfo=UTC)
        except ValueError:
            continue
        return _end_of(found.date()) if shape in _DAYS else found
    raise ValueError(f"“{one_line(text)[:20]}” is no day: write it as 2027-01-31.")


def _end_of(day: date) -> datetime:
    return datetime.combine(day, END_OF_DAY)


def _language(text: str) -> str:
    word = text.strip().casefold()
    code = _LANGUAGES.get(
        word, word[:2] if re.fullmatch(r"[a-z]{2}([-_][a-z]{2})?", word) else word
    )
    if code and code not in dict(settings.LANGUAGES):
        known = ", ".join(dict(settings.LANGUAGES))
        raise ValueError(f"“{one_line(text)[:20]}” is no language of ours: {known}.")
    return code


def _message(text: str) -> str:
    if len(text) > LONGEST_MESSAGE:
        raise ValueError(f"The message has more than {LONGEST_MESSAGE:,} characters.")
    return text


_READ: dict[str, Callable[[str], Any]] = {
    "email": _email,
    "large_type": _flag,
    "untimed": _flag,
    "expires": _moment,
    "language": _language,
    "message": _message,
}
