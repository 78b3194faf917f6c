"""The Python that candidates get: an interpreter, its standard library, NumPy, nothing else."""

import functools
import re
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from grader.sandbox.outcome import SandboxFault

INSIDE = Path(__file__).parent / "inside"
# Extension modules of the standard library that bring shared libraries of their own.
EXTENSIONS = ("_ctypes", "_decimal", "zlib", "_bz2", "_lzma", "_hashlib", "_uuid")
# A line of ldd: "libm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x...)", "/lib64/ld... (0x...)".
LIBRARY = re.compile(r"^\s*(?:(?P<name>\S+) => )?(?P<path>/\S+) \(0x[0-9a-f]+\)$", re.MULTILINE)


@dataclass(frozen=True)
class Runtime:
    """Where the parts of the runtime are on the host.

    Attributes:
        executable: the interpreter itself, not a link to it.
        stdlib: the directory of the standard library.
        site: the directory that holds `numpy`.
        libraries: shared libraries by the name they are looked for.
        loader: the dynamic loader's path, which is written into the interpreter.
    """

    executable: Path
    stdlib: Path
    site: Path
    libraries: dict[str, Path]
    loader: Path

    @property
    def binds(self) -> list[tuple[Path, str]]:
        """What is mounted read-only, and where inside."""
        library = f"/python/{sys.platlibdir}/{self.stdlib.name}"
        binds = [
            (self.executable, "/python/bin/python3"),
            (self.stdlib, library),
            (self.site / "numpy", "/site/numpy"),
            (INSIDE, "/harness/grader/sandbox/inside"),
            (self.loader, str(self.loader)),
        ]
        bundled = self.site / "numpy.libs"
        if bundled.is_dir():
            binds.append((bundled, "/site/numpy.libs"))
        return binds + [(path, f"/lib/{name}") for name, path in self.libraries.items()]

    @property
    def path(self) -> list[str]:
        """sys.path inside."""
        library = f"/python/{sys.platlibdir}/{self.stdlib.name}"
        return [library, f"{library}/lib-dynload", "/site", "/harness"]

    @property
    def covered(self) -> str | None:
        """A directory inside that an empty one hides: installed packages."""
        if not (self.stdlib / "site-packages").is_dir():
            return None
        return f"/python/{sys.platlibdir}/{self.stdlib.name}/site-packages"


@functools.cache
def find() -> Runtime:
    """Return the runtime of this Python; raise SandboxFault where parts are missing."""
    executable = Path(sys._base_executable).resolve()  # type: ignore[attr-defined]
    stdlib = Path(sysconfig.get_path("stdlib")).resolve()
    site = Path(np.__file__).resolve().parent.parent
    files = [executable, *extensions(stdlib), *sorted((site / "numpy").rglob("_*umath*.so"))]
    listing = list_libraries(files)
    found = {
        match["name"] or Path(match["path"]).name: Path(match["path"])
        for match in LIBRARY.finditer(listing)
    }
    bundled = {name for name, path in found.items() if site in path.resolve().parents}
    loader = next((path for name, path in found.items() if name.startswith("ld-")), None)
    if loader is None:
        raise SandboxFault(f"ldd names no dynamic loader for {executable}.")
    libraries = {
        name: path.resolve()
        for name, path in found.items()
        if name not in bundled and path != loader
    }
    return Runtime(executable, stdlib, site, libraries, loader)


def extensions(stdlib: Path) -> list[Path]:
    directory = stdlib / "lib-dynload"
    return [file for name in EXTENSIONS for file in directory.glob(f"{name}.*.so")]


def list_libraries(files: list[Path]) -> str:
    try:
        done = subprocess.run(
            ["ldd", *map(str, files)], capture_output=True, text=True, check=False, timeout=30
        )
    except OSError as error:
        raise SandboxFault("ldd is missing: install the package libc-bin.") from error
    if done.returncode != 0:  # killed half way, say: half a list would be kept for good
        raise SandboxFault(f"ldd failed: {done.stderr.strip()[:500]}")
    return done.stdout
