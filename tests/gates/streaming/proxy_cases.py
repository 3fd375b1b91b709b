"""A passing, a failing and a no-evidence release for each check of proxy settings."""

from __future__ import annotations

from golive.api import Location, Observation
from golive.sources.tree import FileKind, SourceProblem
from golive_gates.streaming.configured.parts import Configured
from tests.gates.streaming.releases import EVIDENCE, configured

_INGRESS = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {name}
  annotations: {{{annotations}}}
spec:
  ingressClassName: nginx
  rules:
    - host: shop.example
      http: {{paths: [{{path: {path}, backend: {{service: {{name: service}}}}}}]}}
---
"""
_ROUTE = """\
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {{name: api}}
spec:
  rules:
    - matches: [{{path: {{value: /generate}}}}]
      timeouts: {{request: {request}}}
      backendRefs: [{{name: service}}]
---
"""
_POD = """\
apiVersion: v1
kind: Pod
metadata: {{name: edge}}
spec: {{containers: [{{name: nginx, image: ingress-nginx/controller:{version}}}]}}
---
"""
_HEALTHY = """\
http {
    limit_req_zone $binary_remote_addr zone=all:1m rate=5r/s;
    server {
        location /generate {
            proxy_pass http://service;
            proxy_http_version 1.1;
            proxy_read_timeout 1h;
            proxy_send_timeout 1h;
            proxy_buffering off;
            limit_req zone=all;
            limit_req_status 429;
        }
    }
}
"""
_MAIN = _INGRESS.format(name="main", annotations="", path="/web")


def _ingress(annotation: str, name: str = "api", path: str = "/web") -> str:
    key = f"nginx.ingress.kubernetes.io/{annotation}"
    return _INGRESS.format(name=name, annotations=key, path=path)


def _seen(text: str = "# nothing\n", nginx: str = "") -> Observation:
    return Observation({"Configured": configured(text, nginx)})


def _nginx(old: str, new: str) -> tuple[Observation, Observation]:
    assert old in _HEALTHY
    return _seen(nginx=_HEALTHY), _seen(nginx=_HEALTHY.replace(old, new))


_BROKEN = SourceProblem(Location("a.conf", 1), FileKind.NGINX, "not-nginx", "no configuration")
_BUFFERS = "proxy_ignore_headers X-Accel-Buffering;"
_CANARY = _ingress('canary: "true"', "canary")

_PAIRS = {
    "proxy-config": (
        _seen(nginx=_HEALTHY),
        Observation({"Configured": Configured((), (), (), (), (_BROKEN,), (EVIDENCE,))}),
    ),
    "proxy-buffering": _nginx("proxy_buffering off;", _BUFFERS),
    "proxy-timeouts": _nginx("proxy_read_timeout 1h;", ""),
    "total-timeout": (_seen(_ROUTE.format(request="0s")), _seen(_ROUTE.format(request="9s"))),
    "proxy-http-version": _nginx("proxy_http_version 1.1", "proxy_http_version 1.0"),
    "proxy-compression": _nginx("limit_req zone", "gzip on; gzip_types *; limit_req zone"),
    "proxy-retries": _nginx("limit_req zone", "proxy_next_upstream non_idempotent; limit_req zone"),
    "proxy-request-buffering": _nginx("limit_req zone", "client_max_body_size 0; limit_req zone"),
    "discarded-values": (
        _seen(_ingress('proxy-read-timeout: "3600"')),
        _seen(_ingress('proxy-read-timeout: "3600s"')),
    ),
    "limit-status": _nginx("limit_req_status 429;", ""),
    "canary-ingress": (
        _seen(_MAIN + _CANARY),
        _seen(_MAIN + _ingress('canary: "true"', "canary", "/other")),
    ),
    "controller-support": (
        _seen(_POD.format(version="v1.13.0")),
        _seen(_POD.format(version="v1.9.0")),
    ),
}

_UNREAD = SourceProblem(Location("a.conf"), FileKind.NGINX, "unreadable", "cannot be read")
_NOTHING = Observation({"Configured": Configured((), (), (), (), (_UNREAD,), (EVIDENCE,))})

PROXIES: dict[str, tuple[Observation, Observation, Observation]] = {
    f"streaming.{name}": (*pair, _NOTHING) for name, pair in _PAIRS.items()
}
"""Passing, failing and without evidence, by the id of the check."""
