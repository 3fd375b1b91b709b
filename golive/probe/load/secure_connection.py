"""A connection of the engine under TLS."""

from __future__ import annotations

import ssl
import time

from golive.probe.load.connection import HANDSHAKE, Connection
from golive.probe.load.flight import Flight
from golive.probe.load.record import RequestOutcome
from golive.probe.load.tls import TlsLayer


class SecureConnection(Connection):
    """All that one read of the socket brings, in however many records, has one time."""

    direct = False

    __slots__ = ("_tls",)

    _tls: TlsLayer

    def received(self, data: bytes, at: float) -> None:
        """*data*, still encrypted, came at *at*."""
        plain = self._plain(data)
        if plain:
            super().received(plain, at)

    def _established(self, flight: Flight) -> None:
        self.state = HANDSHAKE
        endpoint = flight.template.endpoint
        if endpoint.context is None:
            raise AssertionError
        try:
            self._tls = TlsLayer(endpoint.context, endpoint.server_name)
            hello = self._tls.handshake()
        except ValueError as error:  # ssl.SSLError, or a host that cannot be a server name
            self._give_in(RequestOutcome.TLS, str(error), time.monotonic())
        else:
            self._send(hello)

    def _plain(self, data: bytes) -> bytes:
        """The plain text in *data*; moves the handshake on while there is one."""
        tls = self._tls
        try:
            if self.state == HANDSHAKE:
                self._send(tls.handshake(data))
                flight = self.flight
                if not tls.ready or flight is None:
                    return b""
                flight.connected = time.monotonic()
                self.use(flight)
                data = b""  # but the handshake's last read may have brought more
            plain = tls.decrypt(data)
            self._send(tls.answers())
        except ssl.SSLError as error:
            self._send(getattr(error, "alert", b""))
            reason = error.reason
            if isinstance(error, ssl.SSLCertVerificationError):
                reason = f"certificate: {error.verify_message}"
            self._give_in(RequestOutcome.TLS, reason or str(error), time.monotonic())
            return b""
        if tls.ended and not plain:
            self.ended(time.monotonic())
        return plain

    def _encoded(self, data: bytes) -> bytes:
        return self._tls.encrypt(data)

    @property
    def _closed_openly(self) -> bool:
        # Without a close notice anybody may have cut it off (RFC 9112, section 9.8).
        return self._tls.ended
