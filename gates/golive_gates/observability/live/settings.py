"""Settings of the live half that are about Alertmanager."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from golive.config.markers import Duration, DurationOrZero, Url
from golive.config.model import Tls


@dataclass(frozen=True, slots=True)
class Alertmanager:
    """The Alertmanager of the delivery drill.

    ``webhook_listen`` (``127.0.0.1:9099``): a loopback address at which golive listens during
    the drill; a webhook of the receiver under test has to point to it. ``labels``: those of the
    synthetic alert; without them it has those of a critical alert of the files. ``within``: by
    when it has to arrive, the route's ``group_wait`` included; ``resolved_within``: how long to
    wait for the message of its end, which a route sends at its next ``group_interval``.
    ``client``: the entry of ``target.clients`` whose credentials are sent.
    """

    url: Url
    webhook_listen: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    within: Duration = 90.0
    resolved_within: DurationOrZero = 30.0
    client: str = ""
    tls: Tls = field(default_factory=Tls)

    def __post_init__(self) -> None:
        if self.webhook_listen:
            listen_address(self.webhook_listen)


def listen_address(text: str) -> tuple[str, int]:
    """Host and port of ``HOST:PORT``. ``ValueError`` unless the host is a loopback address."""
    import ipaddress  # only those who listen need it

    host, _, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    try:
        local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = False
    if not local or not port.isdecimal() or int(port) > 65_535:
        msg = f"{text}: an address of this machine is wanted, such as 127.0.0.1:9099"
        raise ValueError(msg)
    return host, int(port)
