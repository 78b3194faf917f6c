"""Settings come from the environment, and what would be unsafe does not start."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SHOW = """
import json, sys
from config import settings
print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}, default=str))
"""


def run(environment, *names, var=None):
    kept = {"PATH": os.environ["PATH"], "VAR_DIR": str(var)}
    return subprocess.run(
        [sys.executable, "-c", SHOW, *names],
        cwd=ROOT, env=kept | environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.fixture
def read(tmp_path):
    def read(environment, *names):
        done = run({"SECRET_KEY": "x"} | environment, *names, var=tmp_path / "var")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return read


def test_with_a_database_nothing_starts_without_a_secret_key(tmp_path):
    done = run({"DATABASE_URL": "postgresql://localhost/x"}, "DEBUG", var=tmp_path)

    assert done.returncode != 0
    assert "set SECRET_KEY or SECRET_KEY_FILE" in done.stderr


def test_embedded_a_secret_key_is_made_once_and_for_the_owner_alone(tmp_path):
    first, second = (run({}, "SECRET_KEY", var=tmp_path) for _ in range(2))

    key = json.loads(first.stdout)["SECRET_KEY"]
    assert len(key) > 50
    assert json.loads(second.stdout)["SECRET_KEY"] == key
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.glob("secret_key*")] == ["secret_key"]


def test_two_embedded_installations_have_two_secret_keys(tmp_path):
    done = [run({}, "SECRET_KEY", var=tmp_path / name) for name in ("one", "two")]

    assert done[0].stdout != done[1].stdout


def test_the_secret_key_may_be_in_a_file(tmp_path):
    (tmp_path / "key").write_text("from a file\n")
    environment = {"SECRET_KEY_FILE": str(tmp_path / "key")}

    done = run(environment, "SECRET_KEY", var=tmp_path)

    assert json.loads(done.stdout) == {"SECRET_KEY": "from a file"}


def test_without_variables_the_product_is_embedded_and_not_in_debug(read):
    found = read({}, "DEBUG", "EMBEDDED", "DATABASES", "CELERY_BROKER_URL", "TIME_ZONE")

    assert (found["DEBUG"], found["EMBEDDED"], found["TIME_ZONE"]) == (False, True, "UTC")
    assert found["DATABASES"]["default"]["ENGINE"].endswith("sqlite3")
    assert "journal_mode=WAL" in found["DATABASES"]["default"]["OPTIONS"]["init_command"]
    assert found["CELERY_BROKER_URL"].startswith("files://")


def test_two_variables_move_it_to_postgresql_and_redis(read):
    environment = {"DATABASE_URL": "postgresql://u:p@db/m", "CELERY_BROKER_URL": "redis://r/1"}
    found = read(environment, "DATABASES", "CELERY_BROKER_URL", "EMBEDDED")

    assert found["DATABASES"]["default"]["ENGINE"].endswith("postgresql")
    assert (found["CELERY_BROKER_URL"], found["EMBEDDED"]) == ("redis://r/1", False)


@pytest.mark.parametrize(("url", "secure"), [("https://m.example", True), ("http://m", False)])
def test_cookies_travel_over_tls_only_where_there_is_tls(read, url, secure):
    found = read({"BASE_URL": url}, "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "ALLOWED_HOSTS")

    assert found["SESSION_COOKIE_SECURE"] is found["CSRF_COOKIE_SECURE"] is secure
    assert url.partition("//")[2] in found["ALLOWED_HOSTS"]


def test_the_data_folder_is_closed_to_others(read, tmp_path):
    read({}, "DEBUG")

    assert (tmp_path / "var").stat().st_mode & 0o077 == 0


MAIL = (
    *("EMAIL_BACKEND", "EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD"),
    *("EMAIL_USE_TLS", "EMAIL_USE_SSL"),
)
CONSOLE = ["console", "localhost", 25, "", "", False, False]


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        pytest.param({}, CONSOLE, id="nothing"),
        pytest.param({"EMAIL_URL": "console:"}, CONSOLE, id="console"),
        pytest.param(
            {"EMAIL_URL": "smtp://mail.example"},
            ["smtp", "mail.example", 25, "", "", False, False],
            id="plain",
        ),
        pytest.param(
            {"EMAIL_URL": "smtp+tls://ada%40example.com:a%2Fb%3Ac@mail.example"},
            ["smtp", "mail.example", 587, "ada@example.com", "a/b:c", True, False],
            id="STARTTLS, odd password",
        ),
        pytest.param(
            {"EMAIL_URL": "smtps://u:p@mail.example:4650"},
            ["smtp", "mail.example", 4650, "u", "p", False, True],
            id="TLS from the start",
        ),
        pytest.param(
            {"EMAIL_HOST": "mail.example", "EMAIL_USER": "u", "EMAIL_PASSWORD": "p:/@"},
            ["smtp", "mail.example", 25, "u", "p:/@", False, False],
            id="one by one",
        ),
        pytest.param(
            {"EMAIL_HOST": "mail.example", "EMAIL_TLS": "1", "EMAIL_PORT": "2525"},
            ["smtp", "mail.example", 2525, "", "", True, False],
            id="one by one, TLS",
        ),
    ],
)
def test_emails_go_where_the_environment_says(read, environment, expected):
    found = read(environment, *MAIL)

    backend = found["EMAIL_BACKEND"].removeprefix("django.core.mail.backends.").split(".")[0]
    assert [backend, *(found[name] for name in MAIL[1:])] == expected


@pytest.mark.parametrize(
    "environment",
    [
        {"EMAIL_URL": "http://mail.example"},
        {"EMAIL_URL": "smtp://"},
        {"EMAIL_URL": "smtp://mail.example:port"},
        {"EMAIL_HOST": "mail.example", "EMAIL_PORT": "smtp"},
    ],
    ids=str,
)
def test_a_way_for_emails_that_is_none_does_not_start(tmp_path, environment):
    done = run({"SECRET_KEY": "x"} | environment, "DEBUG", var=tmp_path)

    assert done.returncode != 0
    assert "EMAIL_" in done.stderr
