"""A small release as files, and what a file-based check of gate `streaming` says of it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent, indent

from golive.api import CheckResult, EvidenceRef, Location, Observation
from golive.sources.reading import read_tree
from golive.sources.tree import FileKind, SourceProblem
from golive_gates.streaming.configured.config_maps import held, own
from golive_gates.streaming.configured.parts import Configured
from golive_gates.streaming.configured.routes import routes_of
from golive_gates.streaming.configured.wanted import Wanted
from golive_gates.streaming.settings import Settings
from tests.gates.saying import said
from tests.gates.streaming.wording import CHECKS

FILE = "configured-files.json"
EVIDENCE = EvidenceRef(FILE, FILE, "0" * 64, 1, "application/json")

NGINX = """\
worker_shutdown_timeout 330s;
events { worker_connections 4096; }
http {
    upstream service {
        server service:8000;
        keepalive 8;
        keepalive_timeout 60s;
    }
    server {
        location /generate {
            proxy_pass http://service;
            proxy_read_timeout 3600s;
        }
    }
}
"""

UVICORN = "[app.main:app, --timeout-keep-alive=75, --timeout-graceful-shutdown=330]"
PAUSE = "{preStop: {exec: {command: [sleep, '15']}}}"


def service(
    *,
    command: str = "[uvicorn]",
    args: str = UVICORN,
    env: str = "[]",
    env_from: str = "[]",
    lifecycle: str = PAUSE,
    grace: str = "360",
    replicas: str = "2",
    memory: str = "1Gi",
    name: str = "service",
    image: str = "example/service:1",
    volumes: str = "[]",
) -> str:
    """A Deployment and its Service; each argument is YAML, ``null`` for nothing."""
    return dedent(f"""\
        apiVersion: apps/v1
        kind: Deployment
        metadata: {{name: {name}, namespace: shop}}
        spec:
          replicas: {replicas}
          selector: {{matchLabels: {{app: {name}}}}}
          template:
            metadata: {{labels: {{app: {name}}}}}
            spec:
              terminationGracePeriodSeconds: {grace}
              containers:
                - name: main
                  image: {image}
                  command: {command}
                  args: {args}
                  env: {env}
                  envFrom: {env_from}
                  lifecycle: {lifecycle}
                  resources: {{limits: {{memory: {memory}}}}}
              volumes: {volumes}
        ---
        apiVersion: v1
        kind: Service
        metadata: {{name: {name}, namespace: shop}}
        spec:
          selector: {{app: {name}}}
          ports: [{{port: 8000}}]
        ---
        """)


def config_map(name: str, **data: str) -> str:
    """A ConfigMap of texts."""
    entries = "".join(f"  {key}: |\n{indent(text, '    ')}" for key, text in data.items())
    head = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, namespace: shop}}\n"
    return f"{head}data:\n{entries}---\n"


def gateway(to: str) -> str:
    """An HTTPRoute that hands streams to Service *to*."""
    return dedent(f"""\
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {{name: api, namespace: shop}}
        spec:
          rules:
            - matches: [{{path: {{type: PathPrefix, value: /generate}}}}]
              timeouts: {{request: 0s}}
              backendRefs: [{{name: {to}, port: 8000}}]
        ---
        """)


def front(nginx: str = NGINX, **changed: str) -> str:
    """An nginx of the release with its configuration in a ConfigMap, behind a Gateway."""
    given = {"command": "[nginx]", "args": "[-g, daemon off;]", "replicas": "1", **changed}
    volumes = "[{name: config, configMap: {name: front}}]"
    pods = service(name="front", image="nginx:1.29", volumes=volumes, **given)
    maps = config_map("front", **{"nginx.conf": nginx})
    return pods + maps + gateway("front")


def hpa(metrics: str, most: int = 10, behavior: str = "{}") -> str:
    """A HorizontalPodAutoscaler of the service."""
    return dedent(f"""\
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {{name: service, namespace: shop}}
        spec:
          scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: service}}
          maxReplicas: {most}
          metrics: {metrics}
          behavior: {behavior}
        ---
        """)


def configured(text: str, nginx: str = NGINX, problems: int = 0) -> Configured:
    """What the observer makes of both; an empty *nginx* is no file at all."""
    with TemporaryDirectory() as folder:
        base = Path(folder)
        files = {"all.yaml": text, "nginx.conf": nginx}
        for name, content in files.items():
            (base / name).write_text(content, encoding="utf-8")
        tree = read_tree([base / name for name, content in files.items() if content], base)
    assert not tree.problems, tree.problems
    texts, faults = held(tree.objects)
    assert not faults, faults
    configs, _ = own((*tree.nginx, *texts), ())
    unread = tuple(
        SourceProblem(Location(f"unread-{i}.yaml"), FileKind.KUBERNETES, "not-yaml", "not closed")
        for i in range(problems)
    )
    routes = routes_of(tree.objects, configs, Wanted())
    return Configured(tree.files, routes, tree.objects, configs, unread, (EVIDENCE,))


def judged(
    name: str,
    text: str,
    *,
    nginx: str = NGINX,
    settings: Settings | None = None,
    problems: int = 0,
) -> CheckResult:
    """The result of check *name* over the release; every sentence of it can be said."""
    part = configured(text, nginx, problems)
    result = CHECKS[name].evaluate(Observation({"Configured": part}), settings or Settings())
    said(result)
    return result
