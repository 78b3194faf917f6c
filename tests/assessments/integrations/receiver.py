"""A real HTTP server of a test's own, on this machine: it keeps what comes, and answers as told."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Receiver:
    """What arrived, in order, as (path, headers, body); and what is answered next.

    Attributes:
        answers: (status, headers, body) by path, or a function that is handed the handler.
        together: how many of a path were there at the same time at most.
    """

    def __init__(self, port):
        self.port, self.came, self.answers = port, [], {}
        self.here, self.together, self.lock = {}, {}, threading.Lock()
        # Whoever hangs goes on once the test is over.
        self.over = threading.Event()

    def url(self, path="/hook"):
        return f"http://127.0.0.1:{self.port}{path}"

    def to(self, path="/hook"):
        return [(headers, body) for where, headers, body in self.came if where == path]

    def enter(self, path, headers, body):
        with self.lock:
            self.came.append((path, headers, body))
            self.here[path] = self.here.get(path, 0) + 1
            self.together[path] = max(self.together.get(path, 0), self.here[path])

    def leave(self, path):
        with self.lock:
            self.here[path] -= 1


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        receiver = self.server.receiver
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        receiver.enter(self.path, dict(self.headers), body)
        try:
            answer = receiver.answers.get(self.path, (204, {}, b""))
            if callable(answer):
                answer(self)
            else:
                self.reply(*answer)
        except OSError:
            pass  # the sender had enough
        finally:
            receiver.leave(self.path)

    do_GET = do_PATCH = do_PUT = do_POST  # noqa: N815

    def reply(self, status, headers=(), body=b""):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **dict(headers)}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *told):
        """Tests read what came, not a log."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, address):
        """A sender that hangs up is no error here."""


@contextmanager
def receiving(context=None):
    """Yield a receiver; over TLS where there is an `ssl.SSLContext`."""
    server = Server(("127.0.0.1", 0), Handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.receiver = Receiver(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.receiver
    finally:
        server.receiver.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
