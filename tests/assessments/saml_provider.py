"""A small SAML 2.0 provider with a key of its own; it says of a person what it is told to."""

import base64
import datetime
import secrets
from functools import cache
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree
from onelogin.saml2.utils import OneLogin_Saml2_Utils as Utils

ENTITY, SSO = "https://login.acme.example/saml", "https://login.acme.example/saml/sso"
MAIL = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"
_ASSERTION = """\
<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="{assertion}" Version="2.0"
 IssueInstant="{now}"><saml:Issuer>{issuer}</saml:Issuer><saml:Subject>
<saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">{name_id}</saml:NameID>
<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">
<saml:SubjectConfirmationData InResponseTo="{asked}" NotOnOrAfter="{until}" Recipient="{to}"/>
</saml:SubjectConfirmation></saml:Subject>
<saml:Conditions NotBefore="{since}" NotOnOrAfter="{until}"><saml:AudienceRestriction>
<saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>
<saml:AuthnStatement AuthnInstant="{now}"><saml:AuthnContext><saml:AuthnContextClassRef>\
urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext>
</saml:AuthnStatement><saml:AttributeStatement><saml:Attribute Name="{mail}">\
<saml:AttributeValue>{email}</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>
</saml:Assertion>"""
_RESPONSE = """\
<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"
 xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="{response}" Version="2.0"
 IssueInstant="{now}" Destination="{to}" InResponseTo="{asked}"><saml:Issuer>{issuer}</saml:Issuer>
<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>
{signed}</samlp:Response>"""


@cache
def key_and_certificate(number):
    """A key, and a certificate that it made for itself; another one for each number."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "login.acme.example")])
    day = datetime.timedelta(days=1)
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return private.decode(), made.public_bytes(serialization.Encoding.PEM).decode()


def request_id(address):
    """What a browser brings to the provider is deflated, and in base 64."""
    [sent] = parse_qs(urlsplit(address).query)["SAMLRequest"]
    return etree.fromstring(Utils.decode_base64_and_inflate(sent)).get("ID")


def answer(asked, to, audience, *, email="ada@acme.example", signs=0, late=0, changed=None):
    """Return what the browser posts back; `signs` is the number of the key, None signs nothing."""
    moment = datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=late)
    told = {
        "now": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        "since": f"{moment - datetime.timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}",
        "until": f"{moment + datetime.timedelta(minutes=5):%Y-%m-%dT%H:%M:%SZ}",
        "assertion": f"_{secrets.token_hex(16)}", "response": f"_{secrets.token_hex(16)}",
        "asked": asked, "to": to, "audience": audience, "issuer": ENTITY, "email": email,
        "mail": MAIL, "name_id": "ada-1",
    }  # fmt: skip
    signed = _ASSERTION.format(**told)
    if signs is not None:
        signed = Utils.add_sign(signed, *key_and_certificate(signs)).decode()
    if changed:
        signed = signed.replace(*changed)
    return base64.b64encode(_RESPONSE.format(**told, signed=signed).encode()).decode()
