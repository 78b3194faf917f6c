"""Where this installation lives, and the variables its processes are given."""

import fcntl
import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parent.parent.parent


class CannotStart(Exception):
    """Why the product can't start here: one line for the operator."""


@dataclass(frozen=True, slots=True)
class Installation:
    """The operator's choices, read once from the environment."""

    environ: Mapping[str, str]
    var: Path
    host: str
    port: int
    base_url: str
    graders: int

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        port = number(environ, "PORT", 8000, highest=65_535)
        return cls(
            environ=environ,
            var=Path(environ.get("VAR_DIR") or ROOT / "var").absolute(),
            host=environ.get("HOST") or "127.0.0.1",
            port=port,
            base_url=(environ.get("BASE_URL") or f"http://localhost:{port}").rstrip("/"),
            graders=number(environ, "GRADERS", 1, highest=256),
        )

    @property
    def local_url(self) -> str:
        """Where this machine reaches the web process, whatever it listens on."""
        everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}
        host = everywhere.get(self.host, self.host)
        return f"http://{bracketed(host)}:{self.port}"

    @property
    def bind(self) -> str:
        return f"{bracketed(self.host)}:{self.port}"

    def make_var(self) -> None:
        """Everything that must be kept lives here; nobody else on the machine may look."""
        self.var.mkdir(mode=0o700, parents=True, exist_ok=True)

    def lock(self) -> int:
        """Hold the folder for this process alone; the kernel lets go when it ends."""
        descriptor = os.open(self.var / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotStart(f"another script/server already runs on {self.var}") from error
        return descriptor

    def check_port(self) -> None:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        with socket.socket(family) as probe:
            # As gunicorn does: connections of a server that just ended don't hold the port.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
            except OSError as error:
                reason = error.strerror or str(error)
                raise CannotStart(
                    f"can't listen on {self.bind}: {reason}. "
                    f"Choose another port: PORT={self.port + 1} script/server"
                ) from error

    def secret_key(self) -> str:
        """The operator's SECRET_KEY, else one made at the first start and kept."""
        if key := self.environ.get("SECRET_KEY"):
            return key
        path = Path(self.environ.get("SECRET_KEY_FILE") or self.var / "secret_key")
        if not path.exists():
            write_secret(path, secrets.token_urlsafe(50))
        return path.read_text().strip()

    def server_environ(self) -> dict[str, str]:
        """For the web, the default worker and the sweep: everything, and the secret key."""
        return {
            **self.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "VAR_DIR": str(self.var),
            "SECRET_KEY": self.secret_key(),
            "BASE_URL": self.base_url,
        }

    def grader_environ(self) -> dict[str, str]:
        """For processes next to hostile code: an allow-list, so that no secret slips through."""
        allowed = {"PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "CELERY_BROKER_URL", "LOG_LEVEL"}
        return {
            **{
                name: value
                for name, value in self.environ.items()
                if name in allowed or name.startswith("SANDBOX_")
            },
            "VAR_DIR": str(self.var),
            "PYTHONUNBUFFERED": "1",
        }


def bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def number(environ: Mapping[str, str], name: str, default: int, *, highest: int) -> int:
    """The whole number in `name`, from 1 to `highest`."""
    text = environ.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= highest:
        raise CannotStart(f"{name} must be a whole number from 1 to {highest}, not {text!r}")
    return int(text)


def write_secret(path: Path, secret: str) -> None:
    """Create `path` readable by its owner alone, from its first moment on."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secret + "\n")
