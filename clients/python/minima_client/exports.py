"""Results as files: asked for, waited for, fetched."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Unpack

import requests

from minima_client.export_rows import Codebook, Export
from minima_client.operations import Operation, Shape, detail, listing
from minima_client.problems import ExportFailed, Unreachable
from minima_client.resources import Resource, until
from minima_client.said import ExportFilters, Id, NewExport

PIECE = 256 * 1024


class Exports(Resource):
    LIST = listing("exports/", Export, ExportFilters)
    GET = detail("exports/{id}/", Export)
    CREATE = Operation("POST", "exports/", Export, takes=NewExport)
    REMOVE = Operation("DELETE", "exports/{id}/", type(None), Shape.NOTHING)
    FILE = Operation("GET", "exports/{id}/file/", bytes, Shape.FILE)
    CODEBOOK = detail("exports/{id}/codebook/", Codebook)

    def list(self, **filters: Unpack[ExportFilters]) -> Iterator[Export]:
        """The exports of the organisation, the newest first."""
        return self._pages(self.LIST, filters)

    def get(self, pk: Id) -> Export:
        """One export, and how far it is."""
        return self._one(self.GET, id=pk)

    def create(self, *, key: str | None = None, **said: Unpack[NewExport]) -> Export:
        """Have results written to a file; `wait` and `download` follow."""
        return self._one(self.CREATE, said, key=key)

    def remove(self, pk: Id) -> None:
        """Delete a file, or stop making it."""
        self._one(self.REMOVE, id=pk)

    def codebook(self, pk: Id) -> Codebook:
        """What its columns mean."""
        return self._one(self.CODEBOOK, id=pk)

    def wait(
        self,
        pk: Id,
        *,
        timeout: float = 3600.0,
        progress: Callable[[Export], None] = lambda export: None,
    ) -> Export:
        """The export once its file is ready; raises ExportFailed, and TimedOut."""

        def look(left: float) -> Export:
            export = self.get(pk)
            progress(export)
            if export.state == "failed":
                raise ExportFailed(export.failure or "The file could not be made.")
            return export

        return until(
            look,
            lambda export: export.state == "ready",
            timeout=timeout,
            pause=lambda looked: self._sender.sleep(min(10.0, 0.5 * 1.3**looked)),
            what=f"Export {pk}",
        )

    def download(
        self,
        pk: Id,
        path: str | os.PathLike[str],
        *,
        progress: Callable[[int, int | None], None] = lambda got, size: None,
    ) -> Path:
        """Write the file to `path`, whole or not at all, for nobody else on the machine to read.

        `progress` is told how many bytes there are, and of how many where that is known.
        """
        goal = Path(path)
        with tempfile.NamedTemporaryFile(dir=goal.parent, prefix=".minima-", delete=False) as file:
            try:
                self._fetch(self.FILE.address({"id": pk}), file, progress)
                file.close()
                os.replace(file.name, goal)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
        return goal

    def _fetch(
        self, address: str, file: IO[bytes], progress: Callable[[int, int | None], None]
    ) -> None:
        """Read all of it, once more from the beginning where it breaks off."""
        for tried in range(1, self._sender.patience.tries + 1):
            file.seek(0)
            file.truncate()
            answer = self._sender.send("GET", address, stream=True)
            try:
                with answer:
                    _copy(answer, file, progress)
            except requests.RequestException as error:
                broken = error
                self._sender.pause(tried)
            else:
                return
        raise Unreachable("The file broke off each time.") from broken


def _copy(
    answer: requests.Response, file: IO[bytes], progress: Callable[[int, int | None], None]
) -> None:
    length = answer.headers.get("Content-Length", "")
    for piece in answer.iter_content(PIECE):
        file.write(piece)
        progress(file.tell(), int(length) if length.isdecimal() else None)
