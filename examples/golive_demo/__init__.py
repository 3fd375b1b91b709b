"""A small but real "AI Script Generator": the reference target of the go-live checks.

Separate processes on free loopback ports: a provider stub, project-service, generation-service,
and, where their programs are installed, an nginx front and a Prometheus.
Start it with ``python -m golive_demo --serve``. It imports nothing of the checking tool, so it
is judged as any other generator is.
"""

__version__ = "0.1.0"
