"""Calls to entered addresses: to the internet alone, by whatever way a name leads elsewhere."""

import datetime
import ipaddress
import socket
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from assessments.integrations.outbound import Refused, Unreachable, call, check_url
from tests.assessments.integrations.receiver import receiving

INSIDE = [
    "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.5.5", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.0.1", "198.18.0.1", "192.0.2.1", "203.0.113.9", "224.0.0.1", "239.1.1.1",
    "240.0.0.1", "255.255.255.255", "192.88.99.1",
    "::", "::1", "fe80::1", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "2001:db8::1",
    "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::808:808",
    "64:ff9b:1::1", "2002:7f00:1::1", "2001::1", "100::1",
]  # fmt: skip


def leads_to(monkeypatch, *addresses):
    """Let every name lead to the addresses, a port of which may be given; return what was asked."""
    asked = []

    def answer(host, port, *rest, **more):
        asked.append(host)
        found = []
        for each in addresses:
            family = socket.AF_INET6 if ":" in each else socket.AF_INET
            place = (each, port, 0, 0) if ":" in each else (each, port)
            found.append((family, socket.SOCK_STREAM, 6, "", place))
        return found

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return asked


@pytest.fixture
def connected(monkeypatch):
    """What was connected to; nothing is reached."""
    places = []

    def connect(self, place):
        places.append(place[0])
        raise ConnectionRefusedError("nobody is there")

    monkeypatch.setattr(socket.socket, "connect", connect)
    return places


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside_is_never_connected_to(monkeypatch, connected, address):
    leads_to(monkeypatch, address)

    with pytest.raises(Refused):
        call("POST", "https://hooks.example.com/", {})

    assert connected == []


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_refused_when_it_is_entered(address):
    host = f"[{address}]" if ":" in address else address

    with pytest.raises(Refused):
        check_url(f"https://{host}/hook")


@pytest.mark.parametrize("host", ["2130706433", "127.1", "0x7f.1", "0177.0.0.1", "localhost"])
def test_other_spellings_of_this_machine_are_refused(connected, host):
    with pytest.raises((Refused, Unreachable)):
        call("POST", f"https://{host}/", {})

    assert connected == []


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1"])
def test_what_is_on_the_internet_is_connected_to(monkeypatch, connected, address):
    leads_to(monkeypatch, address)

    with pytest.raises(Unreachable):
        call("POST", "https://hooks.example.com/", {})

    assert connected == [address]


def test_of_several_addresses_those_inside_are_passed_over(monkeypatch, connected):
    leads_to(monkeypatch, "10.0.0.1", "93.184.216.34", "::1")

    with pytest.raises(Unreachable):
        call("POST", "https://hooks.example.com/", {})

    assert connected == ["93.184.216.34"]


def test_a_name_is_asked_for_once_so_that_what_is_checked_is_connected_to(monkeypatch, connected):
    answers = [["93.184.216.34"], ["127.0.0.1"]]

    def rebinding(host, port, *rest, **more):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answers.pop(0)[0], port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)

    with pytest.raises(Unreachable):
        call("POST", "https://hooks.example.com/", {})

    assert connected == ["93.184.216.34"]
    assert len(answers) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/",
        "ftp://hooks.example.com/",
        "file:///etc/passwd",
        "https://",
        "https://user:word@hooks.example.com/",
        "https://hooks.example.com:0/",
        "https://hooks.example.com:99999/",
        "https://hooks.example.com/\r\nHost: other",
        "https://hooks.example.com/a b",
        "https://[::1/",
        "//hooks.example.com/",
        "https://sub.localhost/",
    ],
)
def test_what_is_no_https_address_of_a_server_is_refused(url):
    with pytest.raises(Refused):
        check_url(url)


def test_proxies_of_the_environment_are_not_asked(receiver, monkeypatch):
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    assert call("POST", receiver.url(), {}, b"{}").status == 204


def test_a_name_that_nobody_resolves_is_unreachable(monkeypatch):
    def fail(*given, **more):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)

    with pytest.raises(Unreachable, match="resolved"):
        call("POST", "https://hooks.example.com/", {})


def test_the_first_of_a_request_names_the_host_and_keeps_the_query(receiver):
    call("PATCH", receiver.url("/a?b=c"), {"X-Own": "1"})

    [(headers, body)] = receiver.to("/a?b=c")
    assert headers["Host"] == f"127.0.0.1:{receiver.port}"
    assert (headers["X-Own"], headers["User-Agent"], body) == ("1", "Minima", b"")


@pytest.mark.parametrize("said", [b"", b"SSH-2.0-x\r\n", b"HTTP/1.1 999999 no\r\n\r\n"])
def test_what_is_no_answer_is_unreachable(receiver, said):
    receiver.answers["/hook"] = lambda handler: handler.wfile.write(said)

    with pytest.raises(Unreachable):
        call("POST", receiver.url(), {}, b"{}")


# TLS ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Of hooks.example.com alone, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hooks.example.com")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName(
                [
                    x509.DNSName("hooks.example.com"),
                    x509.IPAddress(ipaddress.ip_address("127.0.0.2")),
                ]
            ),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def over_tls(certificate, settings, monkeypatch):
    settings.WEBHOOKS_ALLOW_PRIVATE = True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    asked_for = []
    context.sni_callback = lambda wire, name, _: asked_for.append(name)
    with receiving(context) as receiver:
        leads_to(monkeypatch, "127.0.0.1")
        yield receiver, asked_for


def test_tls_is_verified_by_the_name_that_was_entered(over_tls, certificate, monkeypatch):
    receiver, asked_for = over_tls
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    assert call("POST", f"https://hooks.example.com:{receiver.port}/hook", {}).status == 204

    assert asked_for == ["hooks.example.com"]
    with pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
        call("POST", f"https://other.example.com:{receiver.port}/hook", {})
    assert len(receiver.came) == 1


def test_a_certificate_that_nobody_vouches_for_is_refused(over_tls):
    receiver, _ = over_tls

    with pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
        call("POST", f"https://hooks.example.com:{receiver.port}/hook", {})

    assert receiver.came == []
