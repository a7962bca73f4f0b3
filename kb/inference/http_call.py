"""One HTTP request and its answer, in a thread of its own: whoever waits for it can let go of it at once."""

from __future__ import annotations

import http.client
import queue
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field

from kb.errors import ModelUnavailable
from kb.inference.server_address import Address, Place, places, refused, short

LARGEST_ANSWER = 8 << 20
"""Bytes of an answer that are read: a streamed token takes about 300, so that this is more than any context."""

A_READ = 1 << 16


class LetGo(Exception):
    """The request was cancelled."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: for the connection to be made, and without a byte until a server counts as hung."""

    connect: float = 5.0
    silence: float = 60.0


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: a GET, or a POST where there is a body. `path` follows the address's; no key is shown."""

    path: str
    body: bytes = b""
    key: str = field(default="", repr=False)
    accept: str = "application/json"


@dataclass(frozen=True, slots=True)
class Head:
    """How an answer begins: its status, its media type in lower case and where it sends one to."""

    status: int
    media: str
    location: str


@dataclass(frozen=True, slots=True)
class _Over:
    """The answer has ended."""


class HttpCall:
    """A request that is under way from the beginning; iterate `answer` once."""

    def __init__(self, address: Address, request: Request, patience: Patience) -> None:
        self._address = address
        self._request = request
        self._patience = patience
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._cancelled = threading.Event()
        self._told: queue.SimpleQueue[Head | bytes | ModelUnavailable | _Over] = queue.SimpleQueue()
        threading.Thread(target=self._run, daemon=True).start()

    def answer(self) -> Iterator[Head | bytes]:
        """Yield the answer's head, then its bytes as they come. Raises ModelUnavailable, and LetGo when cancelled."""
        while True:
            told = self._told.get()
            if self._cancelled.is_set():
                raise LetGo
            if isinstance(told, _Over):
                return
            if isinstance(told, ModelUnavailable):
                raise told
            yield told

    def cancel(self) -> None:
        """Close the connection and wake whoever waits for the answer, from any thread."""
        with self._lock:
            self._cancelled.set()
            self._told.put(_Over())
            if self._socket is not None:
                with suppress(OSError):  # it is not connected yet, or not any more
                    # Not the method of a TLS socket, which would take from the reader what it is reading with.
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def _run(self) -> None:
        """Ask, and hand over whatever comes."""
        try:
            with closing(self._connected()) as connected:
                self._exchange(connected)
        except ModelUnavailable as error:
            self._told.put(error)
        finally:
            self._told.put(_Over())

    def _connected(self) -> socket.socket:
        """Return a connection to one of the places that the address leads to."""
        failure: Exception = OSError("no place")
        for place in places(self._address):
            try:
                return self._connect(place)
            except ssl.SSLError as error:
                raise self._failed("server_tls", error.reason or error) from error
            except OSError as error:
                failure = error
        reason = "server_not_running" if isinstance(failure, ConnectionRefusedError) else "server_unreachable"
        raise self._failed(reason, getattr(failure, "strerror", "") or failure) from failure

    def _connect(self, place: Place) -> socket.socket:
        """Connect to this very place, whatever the name means by now. Raises OSError."""
        family, where = place
        made = socket.socket(family, socket.SOCK_STREAM)
        try:
            made.settimeout(self._patience.connect)
            self._hold(made)
            made.connect(where)
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._address.secure:
                context = ssl.create_default_context()
                made = context.wrap_socket(made, server_hostname=self._address.host)
                self._hold(made)
        except BaseException:
            made.close()
            raise
        made.settimeout(self._patience.silence)
        return made

    def _hold(self, made: socket.socket) -> None:
        """Let `cancel` know what to close. Raises OSError when it was called."""
        with self._lock:
            self._socket = made
            if self._cancelled.is_set():
                raise ConnectionAbortedError

    def _exchange(self, connected: socket.socket) -> None:
        """Send the request, then hand over the answer. Proxies of the environment are none of http.client's."""
        try:
            self._hold(connected)
            connection = http.client.HTTPConnection(self._address.host, self._address.port)
            connection.sock = connected
            with closing(connection):
                self._send(connection)
                self._receive(connection)
        except TimeoutError as error:
            raise self._failed("server_hung", "") from error
        except (http.client.RemoteDisconnected, http.client.IncompleteRead, OSError) as error:
            raise self._failed("server_broken", error) from error
        except (http.client.HTTPException, ValueError) as error:
            raise self._failed("server_garbage", type(error).__name__) from error

    def _send(self, connection: http.client.HTTPConnection) -> None:
        request = self._request
        headers = {"Host": self._address.authority, "Accept": request.accept, "Connection": "close"}
        headers |= {"Content-Type": "application/json"} if request.body else {}
        headers |= {"Authorization": f"Bearer {request.key}"} if request.key else {}
        method = "POST" if request.body else "GET"
        connection.request(method, self._address.path + request.path, request.body or None, headers)

    def _receive(self, connection: http.client.HTTPConnection) -> None:
        with closing(connection.getresponse()) as response:
            media = (response.getheader("Content-Type") or "").partition(";")[0].strip().lower()
            self._told.put(Head(response.status, media, response.getheader("Location") or ""))
            size = 0
            while data := response.read1(A_READ):
                size += len(data)
                if size > LARGEST_ANSWER:
                    raise self._failed("server_too_large", "")
                self._told.put(data)

    def _failed(self, reason: str, detail: object) -> ModelUnavailable:
        error = refused(reason, self._address.url)
        return ModelUnavailable(**{**error.params, "detail": short(str(detail))})
