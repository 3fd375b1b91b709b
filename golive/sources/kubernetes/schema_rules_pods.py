"""What the API server demands of pods beyond the published definitions, see ``schema_rules``."""

from __future__ import annotations

from collections.abc import Mapping

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
    fields,
    formed,
    one_of,
)

_MODE = {"minimum": 0, "maximum": 0o777}
_PULL = one_of("Always IfNotPresent Never")
_PROFILE = fields("type", type=one_of("RuntimeDefault Unconfined Localhost"))
_SECURITY = {"runAsUser": COUNT, "runAsGroup": COUNT, "fsGroup": COUNT}
_HONOR = one_of("Honor Ignore")
_CONTAINER = {
    "name": formed("dns-label"),
    "image": formed("trimmed"),
    "imagePullPolicy": _PULL,
    "terminationMessagePolicy": one_of("File FallbackToLogsOnError"),
    "restartPolicy": one_of("Always OnFailure Never"),
}
_VOLUMES = """
awsElasticBlockStore azureDisk azureFile cephfs cinder configMap csi downwardAPI emptyDir ephemeral
fc flexVolume flocker gcePersistentDisk gitRepo glusterfs hostPath image iscsi nfs
persistentVolumeClaim photonPersistentDisk portworxVolume projected quobyte rbd scaleIO secret
storageos vsphereVolume
"""

POD_RULES: Mapping[str, Rule] = {
    "core.v1.Pod": WITH_SPEC,
    "core.v1.PodSpec": fields(
        containers={"minItems": 1},
        restartPolicy=one_of("Always OnFailure Never"),
        dnsPolicy=one_of("ClusterFirst ClusterFirstWithHostNet Default None"),
        preemptionPolicy=one_of("PreemptLowerPriority Never"),
        terminationGracePeriodSeconds=COUNT,
        activeDeadlineSeconds=POSITIVE,
        hostname=formed("dns-label"),
        subdomain=formed("dns-label"),
        serviceAccountName=formed("dns-subdomain"),
        nodeSelector=LABELS,
    ),
    "core.v1.Container": fields("image", **_CONTAINER),
    "core.v1.EphemeralContainer": fields("image", **_CONTAINER),
    "core.v1.ContainerPort": fields(
        containerPort=PORT, hostPort=PORT_OR_ZERO, name=formed("port-name"), protocol=PROTOCOL
    ),
    "core.v1.EnvVar": choice("value valueFrom", of=fields(name=formed("env-name"))),
    "core.v1.EnvVarSource": choice(
        "fieldRef resourceFieldRef configMapKeyRef secretKeyRef fileKeyRef", least=1
    ),
    "core.v1.EnvFromSource": choice("configMapRef secretRef", least=1),
    "core.v1.Probe": choice(
        "exec httpGet tcpSocket grpc",
        least=1,
        of=fields(
            initialDelaySeconds=COUNT,
            timeoutSeconds=COUNT,
            periodSeconds=COUNT,
            successThreshold=COUNT,
            failureThreshold=COUNT,
        ),
    ),
    "core.v1.LifecycleHandler": choice("exec httpGet tcpSocket sleep", least=1),
    "core.v1.HTTPGetAction": fields(
        port={**PORT_OR_ZERO, "format": "port-name"}, scheme=one_of("HTTP HTTPS")
    ),
    "core.v1.TCPSocketAction": fields(port={**PORT_OR_ZERO, "format": "port-name"}),
    "core.v1.GRPCAction": fields(port=PORT),
    "core.v1.SecurityContext": fields(procMount=one_of("Default Unmasked"), **_SECURITY),
    "core.v1.PodSecurityContext": fields(
        fsGroupChangePolicy=one_of("Always OnRootMismatch"),
        supplementalGroupsPolicy=one_of("Merge Strict"),
        **_SECURITY,
    ),
    "core.v1.SeccompProfile": _PROFILE,
    "core.v1.AppArmorProfile": _PROFILE,
    "core.v1.Volume": choice(_VOLUMES, of=fields(name=formed("dns-label"))),
    "core.v1.VolumeMount": choice(
        "subPath subPathExpr",
        of=fields(
            mountPath=formed("mount-path"),
            mountPropagation=one_of("None HostToContainer Bidirectional"),
            recursiveReadOnly=one_of("Disabled IfPossible Enabled"),
        ),
    ),
    "core.v1.HostPathVolumeSource": fields(
        type=one_of("DirectoryOrCreate Directory FileOrCreate File Socket CharDevice BlockDevice")
    ),
    "core.v1.SecretVolumeSource": fields(defaultMode=_MODE),
    "core.v1.ConfigMapVolumeSource": fields(defaultMode=_MODE),
    "core.v1.ProjectedVolumeSource": fields(defaultMode=_MODE),
    "core.v1.DownwardAPIVolumeSource": fields(defaultMode=_MODE),
    "core.v1.KeyToPath": fields(mode=_MODE),
    "core.v1.Toleration": fields(
        operator=one_of("Exists Equal Lt Gt"),
        effect=one_of("NoSchedule PreferNoSchedule NoExecute"),
    ),
    "core.v1.TopologySpreadConstraint": fields(
        maxSkew=POSITIVE,
        minDomains=POSITIVE,
        whenUnsatisfiable=one_of("DoNotSchedule ScheduleAnyway"),
        nodeAffinityPolicy=_HONOR,
        nodeTaintsPolicy=_HONOR,
    ),
    "core.v1.NodeSelectorRequirement": fields(
        operator=one_of("In NotIn Exists DoesNotExist Gt Lt")
    ),
    "core.v1.PreferredSchedulingTerm": fields(weight={"minimum": 1, "maximum": 100}),
    "core.v1.WeightedPodAffinityTerm": fields(weight={"minimum": 1, "maximum": 100}),
    "core.v1.PodAffinityTerm": fields(topologyKey={"minLength": 1}),
}
