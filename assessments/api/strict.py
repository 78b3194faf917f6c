"""What is refused by its field: names that nobody knows, and values of another type."""

import math
import re
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

# One visible character at least, and no null character, which PostgreSQL can't keep.
WORDS = r"^[^\u0000]*[^\s\u0000][^\u0000]*$"
# Narrower than what is taken: what it describes is an address for everyone.
_ADDRESS = r"^[a-z0-9]{1,32}(\.[a-z0-9]{1,16})?@[a-z0-9]{1,32}\.(com|org|net|example)$"
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE
)


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields that it does not know: a misspelt one would be lost in silence.

    And values of another JSON type than the schema says, where DRF would take "5" for 5.
    """

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            self._refuse_unknown(data)
            self._refuse_other_types(data)
        return super().to_internal_value(data)

    def _refuse_unknown(self, data: dict[str, Any]) -> None:
        if unknown := set(data) - set(self.fields):
            raise serializers.ValidationError(
                {str(name)[:100]: "There is no such field." for name in sorted(unknown)}
            )

    def _refuse_other_types(self, data: dict[str, Any]) -> None:
        fields = {str(name): field for name, field in self.fields.items()}
        given = {name: data[name] for name in fields if data.get(name) is not None}
        wrong = {name: word for name in given if (word := _other(fields[name], given[name]))}
        if wrong:
            raise serializers.ValidationError(
                {name: f"This has to be {word} in JSON." for name, word in wrong.items()}
            )


def _other(field: Any, value: Any) -> str:
    """Return the type that `value` should have for `field`, "" where it has."""
    if isinstance(field, serializers.BooleanField):
        return "" if isinstance(value, bool) else "true or false"
    if isinstance(field, serializers.IntegerField):
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        return "" if whole and not isinstance(value, bool) else "a whole number"
    texts = (
        serializers.CharField,
        serializers.ChoiceField,
        serializers.DateTimeField,
        serializers.UUIDField,
    )
    return "a string" if isinstance(field, texts) and not isinstance(value, str) else ""


@extend_schema_field({"type": "string", "pattern": WORDS, "maxLength": 200})
class NameField(serializers.CharField):
    """A name, on one line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=200, **kwargs)


@extend_schema_field({"type": "string", "pattern": WORDS, "maxLength": 2000})
class WordsField(serializers.CharField):
    """A text of at least one word."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=2000, **kwargs)


@extend_schema_field({"type": "string", "pattern": r"^[^\u0000]+$", "maxLength": 2000})
class MessageField(serializers.CharField):
    """A text, or none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=2000, allow_blank=True, **kwargs)


@extend_schema_field({"type": "string", "pattern": _ADDRESS, "examples": ["ada@lovelace.example"]})
class AddressField(serializers.EmailField):
    """An e-mail address."""

    def to_internal_value(self, data: Any) -> str:
        return str(super().to_internal_value(data)).lower()


class MomentField(serializers.DateTimeField):
    """A moment as RFC 3339 writes it, with its offset from UTC: nothing is guessed."""

    def to_internal_value(self, value: Any) -> Any:
        if isinstance(value, str) and not _MOMENT.fullmatch(value):
            raise serializers.ValidationError("Give a moment as 2026-11-21T09:30:00Z.")
        return super().to_internal_value(value)


@extend_schema_field({"type": "number", "minimum": 0, "maximum": 1})
class ShareField(serializers.FloatField):
    """A share from 0 to 1."""

    def to_internal_value(self, data: Any) -> float:
        share = super().to_internal_value(data)
        if not math.isfinite(share) or not 0 <= share <= 1:
            raise serializers.ValidationError("Give a share from 0 to 1.")
        return float(share)


class YesField(serializers.ChoiceField):
    """Whether something is so, in the query of an address: true or false."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=["true", "false"], **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(data) == "true"
