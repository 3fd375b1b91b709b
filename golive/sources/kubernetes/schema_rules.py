"""What the API server demands beyond its published definitions: values, ranges, formats.

Kubernetes' OpenAPI document states neither allowed values nor ranges; the server's own
validation does (``pkg/apis/*/validation``). These are facts of Kubernetes 1.25 to 1.37 alike;
what only some of these versions allow is allowed. Keys are definitions without their prefix.
"""

from __future__ import annotations

from collections.abc import Mapping

from golive.sources.kubernetes.schema_rules_pods import POD_RULES
from golive.sources.kubernetes.schema_words import (
    COUNT,
    LABELS,
    PORT,
    PORT_OR_ZERO,
    POSITIVE,
    PROTOCOL,
    WITH_SPEC,
    Rule,
    choice,
    each,
    fields,
    formed,
    one_of,
    optional,
)

_POLICY = one_of("Cluster Local")
_CONFIG = {"x-names": "config-key"}
_WEBHOOK = {
    "failurePolicy": one_of("Fail Ignore"),
    "matchPolicy": one_of("Exact Equivalent"),
    "sideEffects": one_of("None NoneOnDryRun"),
    "reinvocationPolicy": one_of("Never IfNeeded"),
}
_CIDR = formed("cidr")
_CIDR_TEXT = {"type": "string", **_CIDR}
_CLAIM_MODES = each("ReadWriteOnce ReadOnlyMany ReadWriteMany ReadWriteOncePod")
_RECLAIM = one_of("Retain Delete Recycle")


RULES: Mapping[str, Rule] = {
    **POD_RULES,
    "meta.v1.ObjectMeta": fields(
        namespace=formed("dns-label"),
        labels=LABELS,
        annotations={"x-names": "annotation-key", "x-bytes": 256 * 1024},
        finalizers={"items": {"type": "string", "format": "label-key"}},
    ),
    "meta.v1.LabelSelector": fields(matchLabels=LABELS),
    "meta.v1.LabelSelectorRequirement": fields(
        key=formed("label-key"), operator=one_of("In NotIn Exists DoesNotExist")
    ),
    "core.v1.ConfigMap": fields(data=_CONFIG, binaryData=_CONFIG),
    "core.v1.Secret": fields(data=_CONFIG, stringData=_CONFIG),
    "core.v1.Service": WITH_SPEC,
    "core.v1.ServiceSpec": fields(
        type=one_of("ClusterIP NodePort LoadBalancer ExternalName"),
        sessionAffinity=one_of("ClientIP None"),
        externalTrafficPolicy=_POLICY,
        internalTrafficPolicy=_POLICY,
        ipFamilyPolicy=one_of("SingleStack PreferDualStack RequireDualStack"),
        ipFamilies=each("IPv4 IPv6"),
        selector=LABELS,
    ),
    "core.v1.ServicePort": fields(
        port=PORT,
        targetPort={**PORT_OR_ZERO, "format": "port-name"},
        nodePort=PORT_OR_ZERO,
        name=formed("dns-label"),
        protocol=PROTOCOL,
    ),
    "core.v1.PersistentVolumeClaim": WITH_SPEC,
    "core.v1.PersistentVolumeClaimSpec": fields(
        "accessModes",
        accessModes={**_CLAIM_MODES, "minItems": 1},
        volumeMode=one_of("Filesystem Block"),
    ),
    "core.v1.PersistentVolumeSpec": fields(
        accessModes=_CLAIM_MODES,
        volumeMode=one_of("Filesystem Block"),
        persistentVolumeReclaimPolicy=_RECLAIM,
    ),
    "storage.v1.StorageClass": fields(
        reclaimPolicy=_RECLAIM, volumeBindingMode=one_of("Immediate WaitForFirstConsumer")
    ),
    "apps.v1.Deployment": WITH_SPEC,
    "apps.v1.StatefulSet": WITH_SPEC,
    "apps.v1.DaemonSet": WITH_SPEC,
    "apps.v1.ReplicaSet": WITH_SPEC,
    "apps.v1.DeploymentSpec": fields(
        replicas=COUNT,
        minReadySeconds=COUNT,
        revisionHistoryLimit=COUNT,
        progressDeadlineSeconds=POSITIVE,
    ),
    "apps.v1.DeploymentStrategy": fields(type=one_of("Recreate RollingUpdate")),
    "apps.v1.DaemonSetUpdateStrategy": fields(type=one_of("OnDelete RollingUpdate")),
    "apps.v1.StatefulSetUpdateStrategy": fields(type=one_of("OnDelete RollingUpdate")),
    "apps.v1.StatefulSetSpec": optional(
        "serviceName",
        of=fields(replicas=COUNT, podManagementPolicy=one_of("OrderedReady Parallel")),
    ),
    "apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy": fields(
        whenDeleted=one_of("Retain Delete"), whenScaled=one_of("Retain Delete")
    ),
    "batch.v1.Job": WITH_SPEC,
    "batch.v1.CronJob": WITH_SPEC,
    "batch.v1.JobTemplateSpec": WITH_SPEC,
    "batch.v1.JobSpec": fields(
        backoffLimit=COUNT,
        parallelism=COUNT,
        completions=COUNT,
        ttlSecondsAfterFinished=COUNT,
        activeDeadlineSeconds=COUNT,
        completionMode=one_of("NonIndexed Indexed"),
        podReplacementPolicy=one_of("TerminatingOrFailed Failed"),
    ),
    "batch.v1.CronJobSpec": fields(
        schedule=formed("cron"),
        concurrencyPolicy=one_of("Allow Forbid Replace"),
        successfulJobsHistoryLimit=COUNT,
        failedJobsHistoryLimit=COUNT,
    ),
    "batch.v1.PodFailurePolicyRule": fields(action=one_of("FailJob FailIndex Ignore Count")),
    "networking.v1.Ingress": WITH_SPEC,
    "networking.v1.IngressSpec": fields(ingressClassName=formed("dns-subdomain")),
    "networking.v1.IngressRule": fields(host=formed("host")),
    "networking.v1.HTTPIngressPath": fields(pathType=one_of("Exact Prefix ImplementationSpecific")),
    "networking.v1.IngressBackend": choice("service resource", least=1),
    "networking.v1.IngressServiceBackend": fields("port"),
    "networking.v1.ServiceBackendPort": choice(
        "name number", least=1, of=fields(number=PORT_OR_ZERO, name=formed("port-name"))
    ),
    "networking.v1.NetworkPolicySpec": optional(
        "podSelector", of=fields(policyTypes=each("Ingress Egress"))
    ),
    "networking.v1.NetworkPolicyPort": fields(
        port={**PORT, "format": "port-name"}, endPort=PORT, protocol=PROTOCOL
    ),
    "networking.v1.IPBlock": fields(**{"cidr": _CIDR, "except": {"items": _CIDR_TEXT}}),
    "autoscaling.v2.HorizontalPodAutoscaler": WITH_SPEC,
    "autoscaling.v2.HorizontalPodAutoscalerSpec": fields(minReplicas=COUNT, maxReplicas=POSITIVE),
    "autoscaling.v2.MetricSpec": fields(
        type=one_of("Object Pods Resource ContainerResource External")
    ),
    "autoscaling.v2.MetricTarget": fields(type=one_of("Utilization Value AverageValue")),
    "autoscaling.v2.HPAScalingRules": fields(
        selectPolicy=one_of("Max Min Disabled"),
        stabilizationWindowSeconds={"minimum": 0, "maximum": 3600},
    ),
    "autoscaling.v2.HPAScalingPolicy": fields(
        type=one_of("Pods Percent"),
        value=POSITIVE,
        periodSeconds={"minimum": 1, "maximum": 1800},
    ),
    "policy.v1.PodDisruptionBudgetSpec": choice(
        "minAvailable maxUnavailable",
        of=fields(unhealthyPodEvictionPolicy=one_of("IfHealthyBudget AlwaysAllow")),
    ),
    "rbac.v1.Subject": fields(kind=one_of("User Group ServiceAccount")),
    "rbac.v1.RoleRef": optional("apiGroup", of=fields(kind=one_of("Role ClusterRole"))),
    "scheduling.v1.PriorityClass": optional(
        "value", of=fields(preemptionPolicy=one_of("PreemptLowerPriority Never"))
    ),
    "discovery.v1.EndpointSlice": optional("endpoints"),
    "apps.v1.ControllerRevision": optional("revision"),
    "batch.v1.PodFailurePolicyOnPodConditionsPattern": optional("status"),
    "admissionregistration.v1.MutatingWebhook": fields(**_WEBHOOK),
    "admissionregistration.v1.ValidatingWebhook": fields(**_WEBHOOK),
    "admissionregistration.v1.RuleWithOperations": fields(
        operations=each("* CREATE UPDATE DELETE CONNECT"), scope=one_of("Cluster Namespaced *")
    ),
}
"""By definition: what is added to it, in the dialect of ``schema_compile``."""
