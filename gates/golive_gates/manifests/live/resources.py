"""Everything that is asked of the API server, in one table.

The requests, the plan and the Role that a reader needs all derive from :data:`RESOURCES`, so
none of them can ask for more than the others say.
"""

from __future__ import annotations

from dataclasses import dataclass

CLUSTER = "live-cluster"
DRIFT = "live-drift"
ROLLOUT = "live-rollout"
HPA = "live-hpa"
PDB = "live-pdb"
ENDPOINTS = "live-endpoints"
RESTARTS = "live-restarts"
EVENTS = "live-events"
CERTIFICATES = "live-certificates"


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of the Kubernetes API and what it is read for.

    ``checks``: names of the checks that need it. ``optional``: its API may be missing from a
    cluster, which then holds none of it. ``fields``: a field selector.
    """

    group: str
    version: str
    plural: str
    kind: str
    checks: tuple[str, ...]
    verb: str = "list"
    optional: bool = False
    fields: str = ""

    @property
    def api_version(self) -> str:
        """``apps/v1``, or ``v1`` for the core group."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def name(self) -> str:
        """As RBAC errors name it: ``deployments.apps``, ``pods``."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    def path(self, namespace: str) -> str:
        """Path of the list of all objects in *namespace*."""
        root = f"/apis/{self.group}" if self.group else "/api"
        return f"{root}/{self.version}/namespaces/{namespace}/{self.plural}"


WORKLOADS = (
    Resource("apps", "v1", "deployments", "Deployment", (ROLLOUT,)),
    Resource("apps", "v1", "statefulsets", "StatefulSet", (ROLLOUT,)),
    Resource("apps", "v1", "daemonsets", "DaemonSet", (ROLLOUT,)),
)
PODS = Resource("", "v1", "pods", "Pod", (RESTARTS,))
SERVICES = Resource("", "v1", "services", "Service", (ENDPOINTS,))
SLICES = Resource("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice", (ENDPOINTS,))
AUTOSCALERS = Resource(
    "autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler", (HPA,)
)
BUDGETS = Resource("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", (PDB,))
WARNINGS = Resource("", "v1", "events", "Event", (EVENTS,), fields="type=Warning")
INGRESSES = Resource("networking.k8s.io", "v1", "ingresses", "Ingress", (CERTIFICATES,))
ISSUED = Resource(
    "cert-manager.io", "v1", "certificates", "Certificate", (CERTIFICATES,), optional=True
)
SECRETS = Resource("", "v1", "secrets", "Secret", (CERTIFICATES,), verb="get")

_MORE = (
    ("", "configmaps", "ConfigMap"),
    ("", "persistentvolumeclaims", "PersistentVolumeClaim"),
    ("", "serviceaccounts", "ServiceAccount"),
    ("", "resourcequotas", "ResourceQuota"),
    ("", "limitranges", "LimitRange"),
    ("", "replicationcontrollers", "ReplicationController"),
    ("batch", "cronjobs", "CronJob"),
    ("batch", "jobs", "Job"),
    ("networking.k8s.io", "networkpolicies", "NetworkPolicy"),
    ("rbac.authorization.k8s.io", "roles", "Role"),
    ("rbac.authorization.k8s.io", "rolebindings", "RoleBinding"),
    ("monitoring.coreos.com", "prometheusrules", "PrometheusRule"),
    ("monitoring.coreos.com", "servicemonitors", "ServiceMonitor"),
    ("monitoring.coreos.com", "podmonitors", "PodMonitor"),
    ("gateway.networking.k8s.io", "gateways", "Gateway"),
    ("gateway.networking.k8s.io", "httproutes", "HTTPRoute"),
)
ONLY_STATED = tuple(Resource(g, "v1", plural, kind, (DRIFT,)) for g, plural, kind in _MORE)
"""Listed only when the release's files state one of them, in the version that they state."""

ALWAYS = (
    *WORKLOADS,
    PODS,
    SERVICES,
    SLICES,
    AUTOSCALERS,
    BUDGETS,
    WARNINGS,
    INGRESSES,
    ISSUED,
)
"""Listed in every run."""

RESOURCES = (*ALWAYS, SECRETS, *ONLY_STATED)

KNOWN = {(r.group, r.kind): r for r in RESOURCES if r.verb == "list"}
"""What a kind is listed as; further kinds are looked up in the API's own discovery."""

CLUSTER_WIDE = frozenset(
    {
        "APIService.apiregistration.k8s.io",
        "CSIDriver.storage.k8s.io",
        "ClusterIssuer.cert-manager.io",
        "ClusterRole.rbac.authorization.k8s.io",
        "ClusterRoleBinding.rbac.authorization.k8s.io",
        "CustomResourceDefinition.apiextensions.k8s.io",
        "GatewayClass.gateway.networking.k8s.io",
        "IngressClass.networking.k8s.io",
        "MutatingWebhookConfiguration.admissionregistration.k8s.io",
        "Namespace",
        "Node",
        "PersistentVolume",
        "PriorityClass.scheduling.k8s.io",
        "RuntimeClass.node.k8s.io",
        "StorageClass.storage.k8s.io",
        "ValidatingAdmissionPolicy.admissionregistration.k8s.io",
        "ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io",
        "ValidatingWebhookConfiguration.admissionregistration.k8s.io",
    }
)
"""Kinds outside namespaces: a Role cannot grant them, and they are not compared."""
