"""A file that comes with a request, read as a stream and never further than it may be long."""

from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest


class Bounded(FileUploadHandler):
    """Counts what comes in, and hangs up where that is too much.

    Attributes:
        too_large: whether it hung up.
    """

    def __init__(self, request: HttpRequest, most: int) -> None:
        super().__init__(request)
        self.most = most
        self.received = 0
        self.too_large = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > self.most:
            self.too_large = True
            # What is left is read and thrown away, so that the browser waits for the answer.
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def bounded(request: HttpRequest, most: int) -> Bounded:
    """Bound the files of a request of which nothing was read yet."""
    handler = Bounded(request, most)
    request.upload_handlers.insert(0, handler)
    return handler
