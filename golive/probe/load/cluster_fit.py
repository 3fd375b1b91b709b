"""Whether client, scheduler and workers fit together, and the plan fits them."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import urlsplit

from golive.probe.load.cluster_host import ClusterError, Host, Member, this_host
from golive.probe.load.plan import LoadPlan

HINT_INSTALL = "install it here and on every worker: pip install 'golive[cluster]'"


def scheduler_address(text: str) -> str:
    """*text* as ``tcp://HOST:PORT`` or ``tls://HOST:PORT``. ``ClusterError`` otherwise."""
    address = text if "://" in text else f"tcp://{text}"
    try:
        parts = urlsplit(address)
        fits = bool(parts.hostname and parts.port) and parts.scheme in ("tcp", "tls")
    except ValueError:
        fits = False
    if not fits or not re.fullmatch(r"[a-z]+://[^/?#@\s]+", address):
        message = f"{text!r} is no scheduler address"
        raise ClusterError(message, "write tcp://HOST:PORT or tls://HOST:PORT")
    return address


def check_targets(plan: LoadPlan, members: Iterable[Member]) -> None:
    """Refuse a plan that could reach another machine than the one that was checked.

    Every request must name its address (or have one as its host), so that no worker resolves
    a name for itself; a loopback address is another machine on another host.
    ``ClusterError`` otherwise.
    """
    here = this_host()
    strange = [member for member in members if not member.host.shares_network(here)]
    for request in plan.requests:
        host = urlsplit(request.url).hostname or ""
        try:
            address = ipaddress.ip_address(request.address or host)
        except ValueError:
            message = f"the request to {host} names no address: each worker would resolve it anew"
            raise ClusterError(
                message, "give Request.address the address that was checked"
            ) from None
        mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
        address = mapped or address
        if strange and (address.is_loopback or address.is_unspecified or address.is_link_local):
            message = f"{address} is another machine for worker {strange[0].label}"
            raise ClusterError(message, "load a loopback target from workers on its own host only")


def facts() -> Callable[..., object]:
    """A function that travels by its code, because a worker may have no golive, or another."""

    def tell(dask_worker: object = None) -> object:
        from importlib import metadata

        identity = getattr(dask_worker, "id", "")
        try:
            from dataclasses import asdict

            from golive.probe.load.cluster_host import this_host

            return {"identity": identity, "host": asdict(this_host())}
        except ImportError as error:
            try:
                version = metadata.version("golive")
            except metadata.PackageNotFoundError:
                version = ""
            return {"identity": identity, "missing": str(error), "golive": version}

    return tell


def check_versions(versions: Mapping[str, object]) -> None:
    """``ClusterError`` unless scheduler and workers have our Python and ``distributed``."""
    ours = _packages(versions.get("client"))
    workers = versions.get("workers")
    others = {"scheduler": versions.get("scheduler")}
    if isinstance(workers, dict):
        others |= {f"worker {address}": one for address, one in workers.items()}
    for name, one in others.items():
        theirs = _packages(one)
        for package in ("python", "distributed"):
            here, there = ours.get(package, "unknown"), theirs.get(package, "unknown")
            if here != there:
                message = f"{package} differs: here {here}, {name} has {there}"
                raise ClusterError(message, "give client, scheduler and workers the same versions")


def _packages(versions: object) -> dict[str, str]:
    found = versions.get("packages") if isinstance(versions, dict) else None
    packages = {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}
    if "python" in packages:
        # 3.11.7 and 3.11.9 share their bytecode.
        packages["python"] = ".".join(packages["python"].split(".")[:2])
    return packages


def member_of(address: str, answer: object) -> Member:
    """The member that *answer*ed to ``facts``. ``ClusterError`` unless it runs our golive."""
    if not isinstance(answer, dict):
        message = f"worker {address} did not say who it is"
        raise ClusterError(message, "restart it")
    here = this_host()
    if "missing" in answer:
        message = (
            f"golive differs: here {here.golive} (source {here.sources}), "
            f"worker {address} has {answer['golive'] or 'none'}: {answer['missing']}"
        )
        raise ClusterError(message, HINT_INSTALL)
    member = Member(address, str(answer["identity"]), Host(**answer["host"]))
    there = member.host
    if (there.golive, there.sources) != (here.golive, here.sources):
        message = (
            f"golive differs: here {here.golive} (source {here.sources}), "
            f"worker {member.label} has {there.golive} (source {there.sources})"
        )
        raise ClusterError(message, "install the same build on both")
    return member
