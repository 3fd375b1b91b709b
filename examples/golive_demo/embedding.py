"""What the index stores: a text's vector and the name of a script.

No model and no download: the same text always gives the same vector.
"""

from __future__ import annotations

import hashlib
import math

DIMENSIONS = 64
COLLECTION = "scripts"


def embed(text: str) -> list[float]:
    """The unit vector of a text, 64 dimensions, from its hashed character trigrams."""
    vector = [0.0] * DIMENSIONS
    padded = f"  {' '.join(text.split())} "
    for start in range(len(padded) - 2):
        gram = padded[start : start + 3].encode("utf-8", "surrogatepass")
        bucket = int.from_bytes(hashlib.blake2b(gram, digest_size=4).digest(), "big")
        vector[bucket % DIMENSIONS] += 1.0 if bucket & 0x8000_0000 else -1.0
    length = math.sqrt(sum(x * x for x in vector)) or 1.0
    return [x / length for x in vector]


def script_id(owner: str, project_id: str, text: str) -> str:
    """One id for one text of an owner's project, so that a repeated script is not stored twice."""
    return f"{owner}/{project_id}:{hashlib.sha256(text.encode()).hexdigest()[:16]}"
