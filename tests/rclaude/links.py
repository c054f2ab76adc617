"""A link between ssh and sshd that can be cut or frozen after so many bytes."""

import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

CHUNK = 4096


class Link:
    """Carries bytes both ways until `limit` of them have passed; then it is cut, or stands still."""

    def __init__(self, address: str, port: int) -> None:
        self.limit: int | None = None
        self.cuts = True
        self.carried = 0
        self._far = (address, port)
        self._listener = socket.create_server((address, 0))
        self.port = int(self._listener.getsockname()[1])
        self._selector = selectors.DefaultSelector()
        self._other: dict[socket.socket, socket.socket] = {}
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._wake, self._waken = socket.socketpair()
        self._selector.register(self._waken, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def cut_after(self, limit: int) -> None:
        """Close every connection once so many bytes have passed from now on, and each later one."""
        self.carried, self.limit, self.cuts = 0, limit, True

    def freeze_after(self, limit: int) -> None:
        """Carry nothing more once so many bytes have passed from now on, but close nothing."""
        self.carried, self.limit, self.cuts = 0, limit, False

    def mend(self) -> None:
        """Carry everything, as at first; what was cut stays so."""
        self.limit = None

    def close(self) -> None:
        """End, with every connection."""
        self._wake.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._waken:
                    self._finish()
                    return
                if key.fileobj is self._listener:
                    self._accept()
                elif isinstance(key.fileobj, socket.socket) and key.fileobj in self._other:
                    self._carry(key.fileobj)

    def _accept(self) -> None:
        near, _ = self._listener.accept()
        far = socket.create_connection(self._far)
        self._other.update({near: far, far: near})
        for end in (near, far):
            self._selector.register(end, selectors.EVENT_READ)

    def _carry(self, source: socket.socket) -> None:
        room = CHUNK if self.limit is None else min(CHUNK, self.limit - self.carried)
        if room <= 0:
            self._stop(source)
            return
        try:
            data = source.recv(room)
            self._other[source].sendall(data)
        except OSError:
            data = b""
        self.carried += len(data)
        if not data:
            self._drop(source)

    def _stop(self, source: socket.socket) -> None:
        if self.cuts:
            self._drop(source)
        else:
            self._selector.unregister(source)  # still open, but nobody reads from it

    def _drop(self, source: socket.socket) -> None:
        """Close both ends of a connection."""
        for end in (source, self._other[source]):
            del self._other[end]
            if end in self._selector.get_map():
                self._selector.unregister(end)
            end.close()

    def _finish(self) -> None:
        for end in (*self._other, self._listener, self._waken):
            end.close()
        self._selector.close()


@contextmanager
def a_link(address: str, port: int) -> Iterator[Link]:
    """A link to a port, until the block ends."""
    link = Link(address, port)
    try:
        yield link
    finally:
        link.close()
