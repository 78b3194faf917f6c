"""Keys by which hiring systems come in, and by which some of them are called back."""

import base64
import hashlib
import secrets
import string

from django.utils import timezone

from assessments.models import HiringConnection
from assessments.sealing import seal, unseal

# Secret scanners find our keys by this. They hold no colon, which Basic would end them at.
MARK = "mnh"
# What they are sealed for.
_OURS, _THEIRS = "hiring key", "key of a hiring system"
_ALPHABET = string.ascii_letters + string.digits


def new_key() -> str:
    return f"{MARK}_{''.join(secrets.choice(_ALPHABET) for _ in range(43))}"


def digest_of(key: str) -> str:
    # The key is random and long, so that no slow hash is needed.
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def seal_key(key: str) -> str:
    return seal(key, _OURS)


def seal_their_key(key: str) -> str:
    return seal(key, _THEIRS) if key else ""


def key_of(connection: HiringConnection) -> str:
    """Return what the system comes in with; raise Unreadable."""
    return unseal(connection.key, _OURS)


def keys_in(connection: HiringConnection) -> list[str]:
    """Return the keys that hold now, the newest first; raise Unreadable."""
    sealed = [connection.key]
    if connection.previous_until and timezone.now() < connection.previous_until:
        sealed.append(connection.previous_key)
    return [unseal(each, _OURS) for each in sealed]


def outgoing_key_of(connection: HiringConnection) -> str:
    """Return what the system is called with: what it gave out, or its own way in.

    Raises Unreadable.
    """
    return unseal(connection.their_key, _THEIRS) if connection.their_key else key_of(connection)


def connection_by(key: str, system: str) -> HiringConnection | None:
    """Return the connection of `system` that `key` lets in; for a day also the one of before."""
    rows = HiringConnection.objects.select_related("organisation").filter(system=system)
    digest = digest_of(key)
    found: HiringConnection | None = rows.filter(key_digest=digest).first()
    before = rows.filter(previous_digest=digest, previous_until__gt=timezone.now())
    return found or before.first()


def basic(header: str) -> str:
    """Return the user name of an Authorization header whose password is empty; "" for another."""
    scheme, _, text = header.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        name, _, password = base64.b64decode(text.strip(), validate=True).decode().partition(":")
    except ValueError:  # neither Base64 nor UTF-8, or not even ASCII
        return ""
    return "" if password else name


def bearer(header: str) -> str:
    scheme, _, text = header.partition(" ")
    return text.strip() if scheme.lower() == "bearer" else ""


def basic_header(key: str) -> str:
    """Return the Authorization header of `key` as a user name without a password."""
    return f"Basic {base64.b64encode(f'{key}:'.encode()).decode()}"
