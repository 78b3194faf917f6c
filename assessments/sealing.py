"""What has to be readable again, and must not be in a copy of the database: sealed by the key."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.encoding import force_bytes


class Unreadable(Exception):
    """Neither the secret key nor one of its fallbacks opens it."""


def seal(text: str, purpose: str) -> str:
    """Return `text` sealed with the newest secret key; what is sealed for one purpose opens only
    for the same.
    """
    return sealer(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, purpose: str) -> str:
    """Return what was sealed; raise Unreadable."""
    try:
        return sealer(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise Unreadable(f"The secret key does not open this {purpose}.") from None


def sealer(purpose: str) -> MultiFernet:
    """The newest secret key seals; those before it still open."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(Fernet(_key(each, purpose)) for each in keys)


def _key(secret: str | bytes, purpose: str) -> bytes:
    # The secret key is random and long, so that no slow hash is needed.
    mixed = hashlib.sha256(purpose.encode() + force_bytes(secret)).digest()
    return base64.urlsafe_b64encode(mixed)
