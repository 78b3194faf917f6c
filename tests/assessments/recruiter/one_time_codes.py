"""An app for codes, as members set it up and read it."""

import hashlib
import hmac
import re
import struct
import time
from base64 import b32decode

from django.urls import reverse

from tests.assessments.conftest import words

APP = reverse("mfa_activate_totp")
PASSWORD = "a long password"


def code_of(secret, now=None):
    """The code that an app shows, as RFC 6238 says."""
    counter = struct.pack(">Q", int((now or time.time()) // 30))
    digest = hmac.new(b32decode(secret), counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def confirm(client):
    """Say once more who one is, before what changes how one signs in."""
    page = client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert page.status_code == 302


def set_up_app(client):
    """Set up an app for codes; return its key."""
    confirm(client)
    page = client.get(APP)
    secret = re.search(r'class="m-secret">(\w+)<', page.text)[1]
    done = client.post(APP, {"code": code_of(secret)}, follow=True)
    assert "Recovery codes" in words(done), words(done)
    return secret
