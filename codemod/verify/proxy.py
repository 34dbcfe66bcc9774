"""A proxy on this machine that answers every request itself: nothing is ever forwarded.

A program is brought here by HTTPS_PROXY. It asks for a tunnel to the host it means (CONNECT), and the other end of that
tunnel is here too, with a certificate for that host. It binds the loopback address only.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from http.client import responses
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import unquote, urlsplit

from codemod.records import record
from codemod.verify.answers import Answer
from codemod.verify.authority import Authority
from codemod.verify.traffic import Received

LOOPBACK = "127.0.0.1"
# An answer is held back so long, in seconds, that requests which a program makes at once are seen to overlap.
_PATIENCE = 0.02


@record
class Exchange:
    """A request and how it went.

    ``answer`` is None where none could be given: no tunnel came about (``failure`` says why). Times are seconds of
    one clock.
    """

    request: Received
    answer: Answer | None
    started: float
    ended: float
    failure: str = ""


Answering = Callable[[Received], Answer]
Hearing = Callable[[Exchange], None]


class Proxy(ThreadingHTTPServer):
    """Answers with ``answering`` and tells ``hearing`` of each exchange, both from several threads at once."""

    # Threads are waited for when it closes: each exchange has been heard of then.
    daemon_threads = False
    request_queue_size = 128

    def __init__(self, authority: Authority, answering: Answering, hearing: Hearing) -> None:
        self.authority = authority
        self.answering = answering
        self.hearing = hearing
        self.bugs: list[Exception] = []
        self._open: set[socket.socket] = set()
        self._lock = Lock()
        super().__init__((LOOPBACK, 0), _Connection)
        self._thread = Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def address(self) -> str:
        """The address that HTTPS_PROXY takes."""
        return f"http://{LOOPBACK}:{self.server_port}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End all connections and wait until each exchange has been heard of."""
        self.shutdown()
        self._thread.join()
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    # Of the plain socket: a thread may be reading from the TLS one.
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)
        self.server_close()

    def opened(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.add(connection)

    def closed(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.discard(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that breaks is no error; all else has been kept in ``bugs``."""


class _Connection(BaseHTTPRequestHandler):
    """One connection: requests to the proxy itself, or, once there is a tunnel, to the host at its end."""

    protocol_version = "HTTP/1.1"
    # The head and what follows are written one by one: the second would wait until the first is acknowledged.
    disable_nagle_algorithm = True
    server: Proxy

    def setup(self) -> None:
        super().setup()
        self.server.opened(self.connection)
        self._begun: float | None = time.monotonic()
        self._tunnel: str | None = None

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()
        self.server.closed(self.connection)
        self.connection.close()

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            self.close_connection = True
        except Exception as error:  # noqa: BLE001 - a bug here must not look like a fault of the program
            self.server.bugs.append(error)

    def parse_request(self) -> bool:
        # A connection counts from its beginning, a later request on it from its first line.
        self._started = time.monotonic() if self._begun is None else self._begun
        return super().parse_request()

    def do_CONNECT(self) -> None:
        host, _, _ = self.path.rpartition(":")
        self._tunnel = host.strip("[]").lower()
        self.send_response_only(200, "Connection established")
        self.end_headers()
        # A tunnel stays open, also where it was asked for with HTTP/1.0.
        self.close_connection = False
        try:
            self._turn_to_tls(self._tunnel)
        except (ValueError, OSError) as error:
            self._fail(f"no TLS connection came about ({_reason(error)}): the program may not heed SSL_CERT_FILE")

    def _turn_to_tls(self, host: str) -> None:
        context = self.server.authority.context(host)
        self.server.closed(self.connection)
        self.connection = context.wrap_socket(self.connection, server_side=True, do_handshake_on_connect=False)
        self.server.opened(self.connection)
        self.connection.do_handshake()
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", 0)

    def _fail(self, failure: str) -> None:
        self.close_connection = True
        request = Received("https", self._tunnel or "", "CONNECT", "/", "", {}, b"")
        self.server.hearing(Exchange(request, None, self._started, time.monotonic(), failure))

    def _exchange(self) -> None:
        try:
            request = self._request()
        except ValueError:
            self._fail("a request came in that is not HTTP")
            return
        self._begun = None
        answer = self.server.answering(request)
        time.sleep(max(0.0, self._started + _PATIENCE - time.monotonic()))
        # The end counts from before the last piece: the program goes on as soon as it has that.
        *pieces, last = answer.pieces
        head = _head(answer)
        ended = time.monotonic()
        heard = False
        try:
            self.wfile.write(head)
            for piece in pieces:
                self.wfile.write(_chunk(piece))
            ended = time.monotonic()
            self.server.hearing(Exchange(request, answer, self._started, ended))
            heard = True
            if self.command != "HEAD":
                self.wfile.write(_chunk(last) + _chunk(b"") if answer.is_stream else last)
        finally:
            if not heard:
                self.server.hearing(Exchange(request, answer, self._started, ended))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = _exchange  # noqa: N815

    def _request(self) -> Received:
        parts = urlsplit(self.path)
        host = self._tunnel or parts.hostname or ""
        headers = {name.lower(): value for name, value in self.headers.items()}
        scheme = "https" if self._tunnel else "http"
        return Received(scheme, host, self.command, unquote(parts.path), parts.query, headers, self._body())

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", "").lower():
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        pieces = []
        while size := int(self.rfile.readline().split(b";")[0] or b"0", 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b"".join(pieces)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - named by the base class
        """Standard error belongs to the program."""


def _head(answer: Answer) -> bytes:
    length = ("Transfer-Encoding", "chunked") if answer.is_stream else ("Content-Length", str(len(answer.pieces[0])))
    headers = (("Content-Type", answer.content_type), length, *answer.headers)
    lines = [f"HTTP/1.1 {answer.status} {responses.get(answer.status, '')}", *(": ".join(each) for each in headers)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _chunk(piece: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(piece), piece)


def _reason(error: Exception) -> str:
    return error.reason if isinstance(error, ssl.SSLError) and error.reason else type(error).__name__
