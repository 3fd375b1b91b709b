"""Mistakes in the proxies on the way of a stream."""

from __future__ import annotations

from golive_demo.broken_release.mutation import Mutation

NGINX = "nginx/nginx.conf"
FRONT = "k8s/13-front.yaml"
GATEWAY = "k8s/20-gateway.yaml"

# The front's own Service behind an Ingress as well: of another host, and of no stream.
INGRESS = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: status
  namespace: ai-script-generator
  annotations:
    {annotation}
spec:
  ingressClassName: nginx
  tls:
    - hosts: [scripts.example.com]
      secretName: scripts-example-com-tls
  rules:
    - host: scripts.example.com
      http:
        paths:
          - path: /front/status
            pathType: Exact
            backend:
              service:
                name: front
                port:
                  number: 80
"""


def ingress(annotation: str) -> tuple[tuple[str, str], ...]:
    """An Ingress with one *annotation* of its own, as a further file."""
    return (("k8s/21-ingress.yaml", INGRESS.format(annotation=annotation)),)


MUTATIONS = (
    Mutation("streaming.proxy-config", NGINX, "proxy_buffering off", "proxy_bufering off"),
    Mutation(
        "streaming.proxy-buffering",
        NGINX,
        "proxy_buffering off",
        "proxy_ignore_headers X-Accel-Buffering",
    ),
    Mutation(
        "streaming.proxy-buffering",
        FRONT,
        "proxy_buffering off",
        "proxy_buffering on",
        status="inconclusive",
    ),
    Mutation(
        "streaming.proxy-timeouts", FRONT, "proxy_read_timeout 3600s", "proxy_read_timeout 5m"
    ),
    Mutation("streaming.proxy-timeouts", NGINX, "            proxy_read_timeout 3600s;\n", ""),
    Mutation(
        "streaming.proxy-timeouts",
        NGINX,
        "            proxy_send_timeout 3600s;\n",
        "",
        status="warn",
    ),
    Mutation("streaming.total-timeout", GATEWAY, "request: 0s", "request: 60s"),
    Mutation("streaming.total-timeout", GATEWAY, "backendRequest: 0s", "backendRequest: 1m"),
    Mutation(
        "streaming.total-timeout",
        GATEWAY,
        "        request: 0s\n        backendRequest: 0s",
        "        backendRequest: 0s",
        status="inconclusive",
    ),
    Mutation(
        "streaming.proxy-http-version", NGINX, "proxy_http_version 1.1", "proxy_http_version 1.0"
    ),
    Mutation(
        "streaming.proxy-http-version",
        FRONT,
        "proxy_pass http://generation_service;",
        "proxy_pass http://generation_service;\n            proxy_set_header Accept $http_accept;",
        status="warn",
    ),
    Mutation(
        "streaming.proxy-compression",
        FRONT,
        "            gzip off;",
        "            gzip on;\n            gzip_types application/json text/event-stream;",
    ),
    Mutation(
        "streaming.proxy-retries",
        NGINX,
        "proxy_next_upstream off",
        "proxy_next_upstream error timeout non_idempotent",
    ),
    Mutation(
        "streaming.proxy-request-buffering",
        NGINX,
        "client_max_body_size 256k",
        "client_max_body_size 64m",
        status="warn",
    ),
    Mutation("streaming.limit-status", NGINX, "    limit_req_status 429;\n", ""),
    Mutation("streaming.discarded-values", add=ingress('nginx.org/proxy-read-timeout: "1 hour"')),
    Mutation(
        "streaming.canary-ingress",
        add=ingress('nginx.ingress.kubernetes.io/canary: "true"'),
        status="inconclusive",
    ),
    Mutation(
        "streaming.controller-support",
        add=ingress('nginx.ingress.kubernetes.io/proxy-read-timeout: "3600"'),
        status="warn",
    ),
)
