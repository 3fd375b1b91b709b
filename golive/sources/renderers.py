"""helm and kubectl as processes: bounded in time and output, kept off the network."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from threading import Event, Timer

from golive.sources.credentials import mask_text

TIMEOUT = 60.0
"""Seconds that one rendering may take."""
LARGEST = 32 * 1024 * 1024
"""Bytes that it may print."""
# Nothing listens there: a request through this proxy is refused at once.
_NOWHERE = "http://127.0.0.1:9"


@dataclass(frozen=True, slots=True)
class Rendered:
    """What came of it: ``text``, or ``code`` and ``message`` of a problem with a ``hint``."""

    text: str = ""
    code: str = ""
    message: str = ""
    hint: str = ""


def render_chart(folder: Path) -> Rendered:
    """`helm template` of the chart in *folder*, with its own values and CRDs."""
    helm = shutil.which("helm")
    if helm is None:
        return _missing("helm", "a Helm chart", "https://helm.sh/docs/intro/install/")
    return _run((helm, "template", "release", str(folder), "--include-crds"))


def render_kustomization(folder: Path) -> Rendered:
    """`kubectl kustomize` of *folder*, or `kustomize build` where there is no kubectl."""
    kubectl, kustomize = shutil.which("kubectl"), shutil.which("kustomize")
    if kubectl is not None:
        return _run((kubectl, "kustomize", str(folder)))
    if kustomize is not None:
        return _run((kustomize, "build", str(folder)))
    return _missing("kubectl", "a kustomization", "https://kubernetes.io/docs/tasks/tools/")


def _missing(tool: str, what: str, address: str) -> Rendered:
    message = f"{what} has to be rendered, and {tool} is not on the PATH"
    return Rendered("", "renderer-missing", message, f"install {tool}: {address}")


def _run(command: tuple[str, ...]) -> Rendered:
    with TemporaryDirectory() as home, TemporaryFile() as errors:
        try:
            process = subprocess.Popen(  # noqa: S603 - found on the PATH, its arguments are paths
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=_environment(Path(home)),
                start_new_session=True,
            )
        except OSError as error:
            return _failed(f"{Path(command[0]).name} cannot be started: {error.strerror}")
        late = Event()

        def stop() -> None:
            late.set()
            _kill(process)

        timer = Timer(TIMEOUT, stop)
        timer.start()
        output = b""
        try:
            if process.stdout is not None:
                output = process.stdout.read(LARGEST + 1)
            if len(output) > LARGEST:
                _kill(process)
            process.wait()
        finally:
            timer.cancel()
            _kill(process)
            if process.stdout is not None:
                process.stdout.close()
        if late.is_set():
            return _failed(f"rendering took longer than {TIMEOUT:g} s")
        if len(output) > LARGEST:
            return _failed(f"the rendered text is larger than {LARGEST:,} bytes")
        if process.returncode:
            errors.seek(0)
            return _failed(_said(errors.read(64 * 1024), command, process.returncode))
    return Rendered(output.decode("utf-8", "replace"))


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the process with all that it started."""
    with suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)


def _environment(home: Path) -> Mapping[str, str]:
    """No cluster, no network, no plug-ins, nothing of the user's but where programs are."""
    proxies = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "KUBECONFIG": os.devnull,
        "HELM_CACHE_HOME": str(home / "cache"),
        "HELM_CONFIG_HOME": str(home / "config"),
        "HELM_DATA_HOME": str(home / "data"),
        "HELM_PLUGINS": str(home / "plugins"),
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "CLOUDSDK_CORE_DISABLE_PROMPTS": "1",
        **dict.fromkeys(proxies, _NOWHERE),
    }


_LOGGED = re.compile(r'E\d{4} [^"]*"command failed" err="(.*)"', re.DOTALL)
"""How kubectl writes its last error, with the hour and its process id."""


def _said(errors: bytes, command: tuple[str, ...], status: int) -> str:
    """What the program complained of, without where on this machine the folder lies."""
    text = mask_text(" ".join(errors.decode("utf-8", "replace").split()))
    logged = _LOGGED.search(text)
    if logged is not None:
        text = logged[1].replace('\\"', '"')
    for argument in command[1:]:
        # The folder that is rendered, then those above it, but for the root.
        path = Path(argument)
        above = [path, *path.parents][:-1] if path.is_absolute() else []
        for steps, folder in enumerate(above):
            text = text.replace(f"{folder}/", "../" * steps)
    return f"{Path(command[0]).name} failed: {text[-500:] if text else f'exit code {status}'}"


def _failed(message: str) -> Rendered:
    return Rendered("", "renderer-failed", message, "render it by hand to see what is missing")
