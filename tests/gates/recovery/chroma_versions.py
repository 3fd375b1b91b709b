"""Stores as other versions of chromadb left them; ``data/make_chroma_stores.py`` made them."""

from __future__ import annotations

import shutil
import tarfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

DATA = Path(__file__).parent / "data"
VERSIONS = ("0.4.10", "0.4.24", "0.5.23", "0.6.3", "1.0.15")

SCHEMAS = {
    "0.4.10": "embeddings_queue 1, metadb 3, sysdb 3 (chromadb 0.4.10)",
    "0.4.24": "embeddings_queue 1, metadb 3, sysdb 4 (chromadb 0.4.15–0.4.24)",
    "0.5.23": "embeddings_queue 2, metadb 4, sysdb 9 (chromadb 0.5.11–0.6.3)",
    "0.6.3": "embeddings_queue 2, metadb 4, sysdb 9 (chromadb 0.5.11–0.6.3)",
    "1.0.15": "embeddings_queue 2, metadb 5, sysdb 9 (chromadb 1.0.0–1.4.0)",
}


def unpacked(version: str, folder: Path) -> Path:
    """The store of *version* in *folder*."""
    with tarfile.open(DATA / f"chroma-{version}.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return folder


def laid_out(version: str, base: Path) -> Path:
    """A live store of *version* and one snapshot of it below *base*; the snapshot."""
    (base / "scratch").mkdir()
    at = datetime.now(UTC) - timedelta(minutes=5)
    snapshot = base / "snapshots" / f"chroma-{at:%Y%m%dT%H%M%SZ}"
    return Path(shutil.copytree(unpacked(version, base / "live"), snapshot))


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below *folder*."""
    files = [p for p in folder.rglob("*") if p.is_file()]
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}
