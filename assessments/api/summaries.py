"""One line for each operation of the schema, beside its description."""

from drf_spectacular.openapi import AutoSchema


class DescribedSchema(AutoSchema):
    """Takes the first sentence of a view's docstring as the one line that lists show."""

    def get_summary(self) -> str:
        return _sentences(super().get_description())[0]

    def get_description(self) -> str:  # type: ignore[override]
        return _sentences(super().get_description())[1]


def _sentences(text: str) -> tuple[str, str]:
    """Return the first sentence without its full stop, and what follows it."""
    first, _, rest = text.partition(". ")
    return first.removesuffix("."), rest.strip()
