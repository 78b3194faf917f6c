"""A small OpenID Connect provider with a key of its own; it signs in whoever it is told to."""

import base64
import hashlib
import json
import secrets
import threading
import time
import urllib.request
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from assessments import actions

CLIENT, SECRET = "minima", "secret-of-the-client"
ADA = {"sub": "ada-1", "email": "Ada@Acme.example", "email_verified": True, "name": "Ada L."}


@cache
def made_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider:
    """`person` is who signs in next: the claims about them; None cancels the sign-in.

    `asked` are the paths that were called, `after` what to do once a path was, `moved_to` where
    the discovery document points instead, `without` what it leaves out.
    """

    def __init__(self):
        self.key = made_key()
        self.person = {}
        self.codes = {}
        self.tokens = {}
        self.issuer = ""
        self.token_calls = 0
        self.asked = []
        self.moved_to = ""
        self.without = ""
        self.after = {}

    def discovery(self):
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "response_types_supported": ["code"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }

    def discovered(self):
        return {key: value for key, value in self.discovery().items() if key != self.without}

    def jwks(self):
        key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [key | {"kid": "one", "alg": "RS256", "use": "sig"}]}

    def authorize(self, asked):
        """Where the browser is sent back to, once the person has signed in."""
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        assert {"openid", "email"} <= set(asked["scope"].split())
        if self.person is None:
            answer = {"error": "access_denied", "state": asked["state"]}
        else:
            code = secrets.token_urlsafe()
            self.codes[code] = (asked, dict(self.person))
            answer = {"code": code, "state": asked["state"]}
        return f"{asked['redirect_uri']}?{urlencode(answer)}"

    def token(self, sent, authorization):
        """Exchange a code, once, for who is the client and has begun it."""
        self.token_calls += 1
        said = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        asked, person = self.codes.pop(sent.get("code"), (None, None))
        if asked is None or said != f"{CLIENT}:{SECRET}":
            return 400, {"error": "invalid_grant"}
        digest = hashlib.sha256(sent["code_verifier"].encode()).digest()
        assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]
        assert sent["redirect_uri"] == asked["redirect_uri"]
        token, now = secrets.token_urlsafe(), int(time.time())
        self.tokens[token] = person
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, **person}
        signed = jwt.encode(claims, self.key, "RS256", headers={"kid": "one"})
        return 200, {"access_token": token, "token_type": "Bearer", "id_token": signed}


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *said):
        pass

    @property
    def provider(self):
        return self.server.provider

    def do_GET(self):
        parts = urlsplit(self.path)
        self.provider.asked.append(parts.path)
        if parts.path == "/authorize":
            asked = {key: values[0] for key, values in parse_qs(parts.query).items()}
            self.send_response(302)
            self.send_header("Location", self.provider.authorize(asked))
            self.end_headers()
        elif parts.path == "/.well-known/openid-configuration" and self.provider.moved_to:
            self.send_response(302)
            self.send_header("Location", self.provider.moved_to)
            self.end_headers()
        elif parts.path == "/.well-known/openid-configuration":
            self.answer(200, self.provider.discovered())
        elif parts.path == "/jwks":
            self.answer(200, self.provider.jwks())
        elif parts.path == "/userinfo":
            token = self.headers["Authorization"].removeprefix("Bearer ")
            self.answer(200, self.provider.tokens[token])
        else:
            self.answer(404, {})

    def do_POST(self):
        self.provider.asked.append(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        sent = {key: values[0] for key, values in parse_qs(body).items()}
        self.answer(*self.provider.token(sent, self.headers.get("Authorization", "")))

    def answer(self, status, content):
        self.provider.after.get(self.path, lambda: None)()
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def oidc_provider():
    """A provider that listens on a port of this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.provider = Provider()
    server.provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server.provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Stays(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *given):
        return None


def visit_provider(address):
    """What a browser does at the provider; return where it is sent back to."""
    try:
        urllib.request.build_opener(Stays).open(address).close()
    except HTTPError as answer:
        with answer:
            return answer.headers["Location"]


def use(organisation, provider, **changes):
    fields = {
        "name": "Acme login",
        "server_url": provider.issuer,
        "client_id": CLIENT,
        "role": "",
        "verified_email": [],
    }
    return actions.set_provider(organisation, by=None, secret=SECRET, **fields | changes)
