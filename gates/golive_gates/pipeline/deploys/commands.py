"""Commands and actions that change production, and those that store what will be deployed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from golive_gates.pipeline.deploys.hosts import reaches_host

_SUBCOMMANDS: Mapping[str, Mapping[str, Collection[str]]] = {
    # A program: what is to be among its words, and any one of what else where that is needed.
    "kubectl": {
        "apply": (),
        "create": (),
        "replace": (),
        "patch": (),
        "scale": (),
        "set": ("image", "env", "resources"),
        "rollout": ("restart", "undo"),
    },
    "oc": {"apply": (), "replace": (), "rollout": ("latest", "restart"), "set": ("image",)},
    "helm": {"upgrade": (), "install": (), "rollback": ()},
    "helmfile": {"apply": (), "sync": ()},
    "helmsman": {"--apply": (), "-apply": ()},
    "argocd": {"app": ("sync", "set", "create", "rollback")},
    "flux": {"reconcile": (), "create": ()},
    "kapp": {"deploy": ()},
    "skaffold": {"run": (), "deploy": ()},
    "kustomize": {"apply": ()},
    "terraform": {"apply": ()},
    "tofu": {"apply": ()},
    "terragrunt": {"apply": (), "run-all": ("apply",)},
    "pulumi": {"up": (), "update": ()},
    "cdk": {"deploy": ()},
    "sam": {"deploy": ()},
    "serverless": {"deploy": ()},
    "sls": {"deploy": ()},
    "gcloud": {"deploy": (), "rolling-action": ()},
    "az": {"deploy": (), "update": (), "deployment": (), "up": ()},
    "firebase": {"deploy": ()},
    "copilot": {"deploy": ()},
    "doctl": {"apps": ("create-deployment", "update")},
    "supabase": {"deploy": (), "db": ("push",)},
    "fly": {"deploy": ()},
    "flyctl": {"deploy": ()},
    "heroku": {"container:release": (), "deploy": ()},
    "cf": {"push": ()},
    "eb": {"deploy": ()},
    "nomad": {"job": ("run",), "run": ()},
    "vercel": {"--prod": (), "deploy": ("--prod",)},
    "netlify": {"deploy": ("--prod", "-p")},
    "wrangler": {"deploy": (), "publish": ()},
    "railway": {"up": ()},
    "kamal": {"deploy": (), "redeploy": ()},
    "dokku": {"git:from-image": ()},
    "cap": {"deploy": ()},
    "ansible-playbook": {"": ()},
    "aws": {
        "ecs": ("update-service", "deploy"),
        "deploy": ("create-deployment", "push"),
        "lambda": ("update-function-code", "publish-version", "update-alias"),
        "cloudformation": ("deploy", "create-stack", "update-stack", "execute-change-set"),
        "elasticbeanstalk": ("update-environment",),
        "apprunner": ("start-deployment", "update-service"),
        "amplify": ("start-deployment", "start-job"),
        "eks": ("update-addon", "create-addon"),
    },
}
_GCLOUD = frozenset(("run", "app", "functions", "compute", "deploy", "beta", "alpha"))
_AZ = frozenset(("webapp", "containerapp", "functionapp", "aks", "container", "spring", "group"))
_DRY = (
    "--dry-run",
    "--snapshot",
    "--what-if",
    "--noop",
    "--check",
    "--syntax-check",
    "--help",
    "-h",
)

ACTIONS = frozenset((
    "azure/k8s-deploy", "azure/webapps-deploy", "azure/functions-action", "azure/aci-deploy",
    "azure/container-apps-deploy-action", "azure/arm-deploy",
    "aws-actions/amazon-ecs-deploy-task-definition", "aws-actions/aws-lambda-deploy",
    "aws-actions/aws-cloudformation-github-deploy", "google-github-actions/deploy-cloudrun",
    "google-github-actions/deploy-appengine", "google-github-actions/deploy-cloud-functions",
    "google-github-actions/create-cloud-deploy-release", "einaregilsson/beanstalk-deploy",
    "deliverybot/helm", "akhileshns/heroku-deploy", "superfly/flyctl-actions",
    "amondnet/vercel-action", "burnett01/rsync-deployments", "easingthemes/ssh-deploy",
    "cloudflare/wrangler-action", "digitalocean/app_action/deploy", "pulumi/actions",
    "appleboy/ssh-action", "appleboy/scp-action", "dokku/github-action",
    "samkirkland/ftp-deploy-action", "firebaseextended/action-hosting-deploy",
    "azure/static-web-apps-deploy", "wlixcc/sftp-deploy-action", "shimataro/scp-action",
))  # fmt: skip

TRIAL_ACTIONS = frozenset((
    "helm/kind-action", "engineerd/setup-kind", "medyagh/setup-minikube", "absaoss/k3d-action",
    "nolar/setup-k3d-k3s", "manusa/actions-setup-minikube", "container-tools/kind-action",
    "debianmaster/actions-k3s", "jupyterhub/action-k3s-helm", "balchua/microk8s-actions",
))  # fmt: skip
"""Actions that set up a cluster of their own: what is applied there is a test."""


def deploys(name: str, words: Sequence[str]) -> bool:
    """Whether the program *name* with *words* changes what runs. A dry run does not."""
    known = _SUBCOMMANDS.get(name)
    if reaches_host(name, words):
        return True
    dry = any(w in _DRY or w.startswith("--dry-run=") for w in words)
    if known is None or (dry and "--dry-run=none" not in words):
        return False
    if name == "gcloud" and not _GCLOUD & set(words[:2]):
        return False
    if name == "az" and not _AZ & set(words[:1]):
        return False
    if name == "kubectl" and "create" in words:
        # Secrets and namespaces are made for tests and tools; a deployment is a release.
        return bool({"deployment", "-f", "--filename", "-k"} & set(words))
    return any(
        (not first or first in words) and (not among or any(w in words for w in among))
        for first, among in known.items()
    )


def is_trial(name: str, words: Sequence[str]) -> bool:
    """Whether this sets up a cluster of its own."""
    pair = (name, *words[:2])
    return pair[:2] in {("minikube", "start"), ("k3s", "server")} or pair in {
        ("kind", "create", "cluster"),
        ("k3d", "cluster", "create"),
    }


_PUBLISH = (("publish",),)
_RELEASING: Mapping[str, tuple[tuple[str, ...], ...]] = {
    # How the words of a program begin that stores a package.
    **dict.fromkeys(("npm", "pnpm", "yarn", "poetry", "flit", "hatch", "uv", "cargo"), _PUBLISH),
    **dict.fromkeys(("lerna", "changeset"), _PUBLISH),
    "gh": (("release", "create"), ("release", "upload")),
    "dotnet": (("nuget", "push"),),
    "twine": (("upload",),),
    "goreleaser": (("release",),),
    "gem": (("push",),),
    "cr": (("upload",),),
}


def publishes(name: str, words: Sequence[str]) -> bool:
    """Whether the program *name* with *words* stores an image, a chart or a package."""
    if any(w in _DRY for w in words):
        return False
    first = words[0] if words else ""
    if name in ("docker", "podman", "nerdctl", "buildah"):
        compose = first in ("compose", "image", "manifest") and "push" in words[1:3]
        built = "build" in words[:2] and any(w in ("--push", "--push=true") for w in words)
        return first == "push" or compose or built or (first == "buildx" and "--push" in words)
    if name in ("crane", "ko", "helm", "oras", "regctl", "pack"):
        return first in ("push", "copy", "cp", "publish", "build") and (
            name not in ("helm", "pack") or first == "push" or "--publish" in words
        )
    if name == "skopeo":
        return first in ("copy", "sync")
    if name in ("semantic-release", "release-it"):
        return first not in ("version", "changelog", "--version")
    if name in ("mvn", "mvnw"):
        return "deploy" in words
    return any(words[: len(start)] == start for start in _RELEASING.get(name, ()))


def publishing_action(name: str, inputs: Mapping[str, str]) -> bool:
    """Whether the action *name* stores an image or a package."""
    if name in ("docker/build-push-action", "docker/bake-action"):
        said = inputs.get("push", "").strip().lower()
        outputs = inputs.get("outputs", "")
        return said not in ("", "false") or "type=registry" in outputs or "push=true" in outputs
    if name == "goreleaser/goreleaser-action":
        args = inputs.get("args", "").split()
        return "release" in args and not set(args) & set(_DRY)
    if name == "changesets/action":
        return bool(inputs.get("publish", "").strip())
    return name in _PUBLISHING


_PUBLISHING = frozenset((
    "pypa/gh-action-pypi-publish", "redhat-actions/push-to-registry", "js-devtools/npm-publish",
    "cycjimmy/semantic-release-action", "python-semantic-release/python-semantic-release",
    "go-semantic-release/action", "helm/chart-releaser-action", "softprops/action-gh-release",
    "ncipollo/release-action",
))  # fmt: skip
