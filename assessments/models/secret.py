"""What nobody can guess."""

import secrets

# What the secret of a preview begins with: its link can still say what it was, once it is gone.
PREVIEW = "preview-"


def secret_token() -> str:
    return secrets.token_urlsafe(32)


def secret_seed() -> int:
    """Return a seed that nobody can guess; 53 bits, so that every JSON reader keeps it exact."""
    return secrets.randbits(53)
