"""Mistakes in how streams end, drain and scale."""

from __future__ import annotations

from golive_demo.broken_release.mutation import Mutation

SERVICE = "k8s/11-generation-service.yaml"
FRONT = "k8s/13-front.yaml"
NGINX = "nginx/nginx.conf"

MUTATIONS = (
    # An hour between heartbeats, as long as the proxies wait.
    Mutation(
        "streaming.heartbeat-margin",
        SERVICE,
        'SSE_HEARTBEAT_SECONDS: "15"',
        'SSE_HEARTBEAT_SECONDS: "3600"',
    ),
    # 30 s, the usual grace period, for streams of 300 s.
    Mutation(
        "streaming.drain-chain",
        SERVICE,
        "      terminationGracePeriodSeconds: 360\n",
        "",
    ),
    Mutation(
        "streaming.worker-shutdown",
        FRONT,
        "worker_shutdown_timeout 330s;",
        "worker_shutdown_timeout 60s;",
        more=((NGINX, "worker_shutdown_timeout 330s;", "worker_shutdown_timeout 60s;"),),
    ),
    # uvicorn then closes idle connections after 5 s, nginx keeps them for 60 s.
    Mutation(
        "streaming.keep-alive-order",
        SERVICE,
        "            - --timeout-keep-alive=75\n",
        "",
    ),
    # Two connections a stream: one process in each of two pods holds 32 streams.
    Mutation(
        "streaming.connection-capacity",
        FRONT,
        "worker_connections 4096;",
        "worker_connections 32;",
        more=(
            (FRONT, "worker_processes auto;", "worker_processes 1;"),
            (NGINX, "worker_connections 4096;", "worker_connections 32;"),
            (NGINX, "worker_processes auto;", "worker_processes 1;"),
        ),
    ),
    # Ten pods of four streams each.
    Mutation("streaming.autoscaling", SERVICE, 'averageValue: "40"', 'averageValue: "4"'),
)
