"""Which files of a folder are worth a look, when neither name nor suffix says what they are."""

from __future__ import annotations

import re
from pathlib import Path

# Programs, prose, pictures, packages and what editors leave behind: never a configuration that
# golive reads, though prose and programs quote them.
_SUFFIXES = """
    .md .markdown .rst .adoc .txt .html .htm .css .scss .less .svg .xml .csv .tsv .log .lock .sum
    .py .pyi .pyc .pyx .ipynb .js .mjs .cjs .jsx .ts .tsx .vue .go .mod .rs .java .kt .kts .scala
    .rb .php .pl .lua .c .h .cc .cpp .hpp .cs .swift .sh .bash .zsh .fish .ps1 .bat .sql .proto
    .tf .tfvars .hcl .toml .ini .cfg .env .properties .bicep .cue .rego .jsonnet .libsonnet
    .png .jpg .jpeg .gif .webp .ico .bmp .pdf .woff .woff2 .ttf .otf .eot .mp3 .mp4 .mov .wav
    .zip .tar .gz .tgz .bz2 .xz .zst .7z .jar .war .whl .so .o .a .dll .exe .bin .dat .db .sqlite
    .sqlite3 .pem .crt .key .pub .p12 .jks .map .snap .diff .patch .parquet .npy .pt .onnx .pickle
    .bak .orig .old .rej .swp .swo
"""
_NEVER = frozenset(_SUFFIXES.split())
# A manifest begins as one: a document marker, or a key of an object at the very left.
_BEGINNING = re.compile(
    r"(?:[ \t]*(?:#.*)?\n)*(?:---.*\n(?:[ \t]*(?:#.*)?\n)*)*"
    r"(?:\{\{.*\n|\{%.*\n)*"
    r"[\"']?(?:apiVersion|kind|metadata|spec|data|type)[\"']?[ \t]*:"
)
_JSON_SIGNS = re.compile(r"\"(?:apiVersion|groups|receivers|panels)\"\s*:")


def worth_reading(file: Path) -> bool:
    """Whether *file* may be a configuration, by its name; an empty one is none."""
    try:
        suffix = file.suffix.lower()
        return suffix not in _NEVER and not suffix.endswith("~") and file.stat().st_size > 0
    except OSError:
        return False


def looks_like_manifest(text: str, suffix: str) -> bool:
    """Whether *text* begins as a Kubernetes object does, or is JSON of a kind that golive reads."""
    if suffix == ".json":
        return _JSON_SIGNS.search(text) is not None
    found = _BEGINNING.match(text)
    return found is not None and "apiVersion" in text and "kind" in text
