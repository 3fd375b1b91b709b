"""Small releases for `golive lint`, and how its tests call it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

Golive = Callable[..., subprocess.CompletedProcess[str]]
Lint = Callable[..., subprocess.CompletedProcess[str]]

# Two checks whose meaning will not change, whatever else is added to the gate.
CHECKS = "manifests.parse,manifests.image-tags"

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
  namespace: prod
spec:
  selector: {{matchLabels: {{app: api}}}}
  template:
    metadata: {{labels: {{app: api}}}}
    spec:
      containers:
        - name: api
          image: {image}
"""
GOOD = "example.com/api:1.2.3"
BAD = "example.com/api:latest"
NGINX = "events {}\nhttp { server { listen 80; location / { proxy_pass http://127.0.0.1:1; } } }\n"


def deployment(folder: Path, image: str = BAD, name: str = "k8s/api.yaml") -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(DEPLOYMENT.format(image=image), encoding="utf-8")
    return file


def suppress(file: Path, comment: str) -> None:
    """Put *comment* above the image, which stands in line 13 then 14."""
    text = file.read_text(encoding="utf-8")
    assert "          image:" in text
    file.write_text(text.replace("          image:", f"          {comment}\n          image:"))
