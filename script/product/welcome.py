"""The last words of a start: where everything is, and how to get in."""

from collections.abc import Sequence

from script.product.installation import Installation


def welcome(installation: Installation, demo: str, walls: Sequence[str]) -> str:
    """`demo` says how to reach the demo organisation, `walls` what keeps code from running."""
    lines = [f"Minima runs at {installation.base_url}/", *demo.strip().splitlines()]
    if walls:
        lines += [
            "",
            "Code will wait ungraded: the sandbox can't be put up on this machine.",
            *walls,
        ]
    lines += ["", f"{kept(installation)} Ctrl-C stops it."]
    return "\n" + "\n".join(f"  {line}".rstrip() for line in lines) + "\n"


def kept(installation: Installation) -> str:
    """Say where the data is."""
    if installation.environ.get("DATABASE_URL"):
        return f"Data is kept in your database, keys and files in {installation.var}."
    return f"Everything is kept in {installation.var}."
