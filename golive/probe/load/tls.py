"""TLS over memory buffers, so that the socket's reads stay ours and keep their stamps."""

from __future__ import annotations

import ssl

_READ = 1 << 16


class TlsLayer:
    """One TLS connection as client. ``ssl.SSLError`` is the only exception it raises."""

    __slots__ = ("_incoming", "_outgoing", "_tls", "ended", "ready")

    def __init__(self, context: ssl.SSLContext, server_name: str) -> None:
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=server_name)
        self.ready = False
        self.ended = False

    def handshake(self, data: bytes = b"") -> bytes:
        """Take what the server sent; what to send it. Sets *ready* when the handshake is over."""
        if data:
            self._incoming.write(data)
        try:
            self._tls.do_handshake()
            self.ready = True
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError as error:
            error.alert = self._outgoing.read()  # type: ignore[attr-defined]
            raise
        return self._outgoing.read()

    def encrypt(self, data: bytes) -> bytes:
        """*data* as records."""
        self._tls.write(data)
        return self._outgoing.read()

    def decrypt(self, data: bytes) -> bytes:
        """The plain text that *data* completes; sets *ended* at the server's close notice."""
        if data:
            self._incoming.write(data)
        parts: list[bytes] = []
        try:
            while True:
                part = self._tls.read(_READ)
                if not part:
                    self.ended = True
                    break
                parts.append(part)
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLZeroReturnError:
            self.ended = True
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def answers(self) -> bytes:
        """What the protocol itself has to send after a ``decrypt`` (key updates)."""
        return self._outgoing.read()
