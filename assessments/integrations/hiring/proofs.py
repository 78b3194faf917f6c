"""How the webhook of another system shows that it is that system's, and no old one sent again."""

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping

from django.db.models import TextChoices

# How far the clocks of two systems may be apart, and how long a message may have been on its way.
TOLERANCE_SECONDS = 300


class Proof(TextChoices):
    STANDARD = "standard", "Standard Webhooks: signature, id and time in headers"
    HMAC = "hmac", "A signature of the body in a header (HMAC-SHA256)"
    ADDRESS = "address", "None: the address is the secret"


class Forged(Exception):
    """A message is not from whom it says, or is an old one."""


def signing_secret(key: str) -> str:
    """Return a key as the secret that Standard Webhooks asks for."""
    return f"whsec_{base64.b64encode(key.encode()).decode()}"


def verify_standard(body: bytes, headers: Mapping[str, str], keys: list[str]) -> str:
    """Return what the message is known by; raise Forged, also where it is older than minutes.

    Not by the library, which reads the body as JSON, too, and fails alike for one and the other.
    """
    message, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    given = headers.get("webhook-signature", "").encode("utf-8", "replace").split()
    if not message or not _is_fresh(stamp):
        raise Forged("The message has no id, or is not of these five minutes.")
    signed = f"{message}.{stamp}.".encode("utf-8", "replace") + body
    for key in keys:
        made = hmac.new(key.encode(), signed, hashlib.sha256).digest()
        right = b"v1," + base64.b64encode(made)
        if any(hmac.compare_digest(each, right) for each in given):
            return _digest(f"id:{message}".encode("utf-8", "replace"))
    raise Forged("The signature is missing or wrong.")


def _is_fresh(stamp: str) -> bool:
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        return False
    return abs(time.time() - int(stamp)) <= TOLERANCE_SECONDS


def verify_hmac(body: bytes, given: str, keys: list[str]) -> str:
    """Return what the message is known by; `given` is hex or base64, perhaps behind "sha256=".

    Raises Forged.
    """
    text = given.strip().removeprefix("sha256").lstrip("= ").encode("utf-8", "replace")
    for key in keys:
        made = hmac.new(key.encode(), body, hashlib.sha256)
        spellings = (made.hexdigest().encode(), base64.b64encode(made.digest()))
        if any(hmac.compare_digest(text, each) for each in spellings):
            return digest_of_body(body)
    raise Forged("The signature is missing or wrong.")


def digest_of_body(body: bytes) -> str:
    return _digest(b"body:" + body)


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()
