"""Which images a scan looks at, and which ones are deployed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.kubernetes.pods import pod_of
from golive_gates.pipeline.model.expressions import Unknown as NotKnown
from golive_gates.pipeline.model.expressions import as_text, value_of
from golive_gates.pipeline.model.matrix import Unknown, expanded
from golive_gates.pipeline.parts import Repository
from golive_gates.pipeline.scans.model import Scan
from golive_gates.pipeline.scans.words import unknown

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


@dataclass(frozen=True, slots=True)
class Image:
    """A reference. ``name``: with its registry, without tag and digest."""

    text: str
    name: str
    tag: str
    digest: str

    @property
    def placed(self) -> bool:
        """Whether it names the registry where it is, so that it can be compared with another."""
        first, slash, _ = self.name.partition("/")
        return bool(slash) and ("." in first or ":" in first or first == "localhost")


def image_of(text: str) -> Image | None:
    """The reference that *text* is; ``None`` for what holds an expression or is none."""
    plain = text.strip()
    for scheme in ("docker:", "registry:", "image://", "registry://"):
        plain = plain.removeprefix(scheme)
    if not plain or unknown(plain) or any(c.isspace() for c in plain):
        return None
    name, _, digest = plain.partition("@")
    if ":" in name.rpartition("/")[2]:
        name, _, tag = name.rpartition(":")
    else:
        tag = ""
    return Image(plain, name, tag, digest)


def deployed(objects: Sequence[KubernetesObject]) -> tuple[Image, ...]:
    """The images that *objects* run by a digest, each once. Those without are others' findings."""
    found: dict[str, Image] = {}
    for one in objects:
        pod = pod_of(one)
        for container in pod.containers if pod is not None else ():
            image = image_of(str(container.get("image", default="")))
            if image is not None and _DIGEST.fullmatch(image.digest):
                found.setdefault(image.digest, image)
    return tuple(found.values())


def targets_of(scan: Scan, repository: Repository) -> tuple[Image, ...] | None:
    """The images that *scan* looks at; ``None`` where one of them is only known when it runs."""
    if not scan.options.target:
        return None
    combinations = expanded(scan.node.job, repository)
    if isinstance(combinations, Unknown):
        combinations = ({},)
    found: list[Image] = []
    for combination in combinations:
        matrix = {name: value.value for name, value in combination.items()}
        image = image_of(_known(scan, matrix))
        if image is None:
            return None
        found.append(image)
    return tuple(found)


def _known(scan: Scan, matrix: Mapping[str, object]) -> str:
    contexts = {
        "matrix": matrix,
        "env": {k: v for k, v in scan.env.items() if not unknown(v)},
        "inputs": {**scan.node.given, **scan.step.given},
    }
    values = {name: _value(text, contexts) for name, text in scan.env.items()}
    text = _value(scan.options.target, contexts)
    return _VARIABLE.sub(lambda m: values.get(m[1] or m[2], m[0]), text)


def _value(text: str, contexts: Mapping[str, Mapping[str, object]]) -> str:
    if "${{" not in text:
        return text
    value = value_of(text, contexts)
    return text if isinstance(value, NotKnown) else as_text(value)


def unscanned(
    images: Sequence[Image], targets: Sequence[Image]
) -> Iterator[tuple[Image, Image | None]]:
    """Those of *images* that none of *targets* is, each with one of the same name if any."""
    for image in images:
        same = [t for t in targets if t.name == image.name]
        exact = any(t.digest == image.digest for t in targets)
        by_tag = any(not t.digest and t.tag and t.tag == image.tag for t in same)
        if not exact and not by_tag:
            yield image, same[0] if same else None
