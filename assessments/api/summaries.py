"""One line for each operation of the schema, beside its description."""

import re
from typing import Any

from drf_spectacular.openapi import AutoSchema

# What the schema calls our tokens.
SCHEME = "token"
_END = re.compile(r"\n\s*\n|\.\s+")


class DescribedSchema(AutoSchema):
    """Takes the first sentence of a view's docstring as the one line that lists show."""

    def get_summary(self) -> str:
        return _sentences(super().get_description())[0]

    def get_description(self) -> str:  # type: ignore[override]
        said = _sentences(super().get_description())[1]
        return " ".join(filter(None, [said, f"Open to tokens with {_either(self._scopes())}."]))

    def get_auth(self) -> list[dict[str, list[str]]]:
        """Any one of the scopes is enough."""
        super().get_auth()  # tells of our tokens
        return [{SCHEME: [scope]} for scope in self._scopes()]

    def _scopes(self) -> list[str]:
        view: Any = self.view
        return [str(scope) for scope in view.scopes[self.method]]


def _either(scopes: list[str]) -> str:
    return f"the scope {' or '.join(f'`{scope}`' for scope in scopes)}"


def _sentences(text: str) -> tuple[str, str]:
    """Return the first sentence, or paragraph, without its full stop, and what follows it."""
    first, rest = (*_END.split(text.strip(), maxsplit=1), "")[:2]
    return first.removesuffix("."), " ".join(rest.split())
