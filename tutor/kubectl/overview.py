"""kubectl by itself: the overview of its verbs, and what to say of those that are not simulated.

Source: tests/golden/kubectl/04-kubectl-usage.yaml (`kubectl`).
"""

from __future__ import annotations

from typing import Final

Group = tuple[str, tuple[tuple[str, str], ...]]
GROUPS: Final[tuple[Group, ...]] = (
    (
        "Basic Commands (Beginner):",
        (
            ("create", "Create a resource from a file or from stdin"),
            (
                "expose",
                "Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service",
            ),
            ("run", "Run a particular image on the cluster"),
            ("set", "Set specific features on objects"),
        ),
    ),
    (
        "Basic Commands (Intermediate):",
        (
            ("explain", "Get documentation for a resource"),
            ("get", "Display one or many resources"),
            ("edit", "Edit a resource on the server"),
            (
                "delete",
                "Delete resources by file names, stdin, resources and names, or by resources and label selector",
            ),
        ),
    ),
    (
        "Deploy Commands:",
        (
            ("rollout", "Manage the rollout of a resource"),
            ("scale", "Set a new size for a deployment, replica set, or replication controller"),
            ("autoscale", "Auto-scale a deployment, replica set, stateful set, or replication controller"),
        ),
    ),
    (
        "Cluster Management Commands:",
        (
            ("certificate", "Modify certificate resources"),
            ("cluster-info", "Display cluster information"),
            ("top", "Display resource (CPU/memory) usage"),
            ("cordon", "Mark node as unschedulable"),
            ("uncordon", "Mark node as schedulable"),
            ("drain", "Drain node in preparation for maintenance"),
            ("taint", "Update the taints on one or more nodes"),
        ),
    ),
    (
        "Troubleshooting and Debugging Commands:",
        (
            ("describe", "Show details of a specific resource or group of resources"),
            ("logs", "Print the logs for a container in a pod"),
            ("attach", "Attach to a running container"),
            ("exec", "Execute a command in a container"),
            ("port-forward", "Forward one or more local ports to a pod"),
            ("proxy", "Run a proxy to the Kubernetes API server"),
            ("cp", "Copy files and directories to and from containers"),
            ("auth", "Inspect authorization"),
            ("debug", "Create debugging sessions for troubleshooting workloads and nodes"),
            ("events", "List events"),
        ),
    ),
    (
        "Advanced Commands:",
        (
            ("diff", "Diff the live version against a would-be applied version"),
            ("apply", "Apply a configuration to a resource by file name or stdin"),
            ("patch", "Update fields of a resource"),
            ("replace", "Replace a resource by file name or stdin"),
            ("wait", "Experimental: Wait for a specific condition on one or many resources"),
            ("kustomize", "Build a kustomization target from a directory or URL"),
        ),
    ),
    (
        "Settings Commands:",
        (
            ("label", "Update the labels on a resource"),
            ("annotate", "Update the annotations on a resource"),
            ("completion", "Output shell completion code for the specified shell (bash, zsh, fish, or powershell)"),
        ),
    ),
    (
        "Subcommands provided by plugins:",
        (),
    ),
    (
        "Other Commands:",
        (
            ("api-resources", "Print the supported API resources on the server"),
            ("api-versions", 'Print the supported API versions on the server, in the form of "group/version"'),
            ("config", "Modify kubeconfig files"),
            ("plugin", "Provides utilities for interacting with plugins"),
            ("version", "Print the client and server version information"),
        ),
    ),
)
"""Headings with their verbs and what each does."""

NEAR: Final[dict[str, tuple[str, ...]]] = {
    "autoscale": ("scale",),
    "certificate": (),
    "proxy": ("port-forward",),
    "debug": ("exec", "run", "logs"),
    "kustomize": ("apply -f",),
    "plugin": (),
    "alpha": (),
}
"""Verbs of the real kubectl that are not simulated, and those that come nearest."""

SUGGESTED_FOR: Final[dict[str, tuple[str, ...]]] = {"get": ("list", "ps"), "delete": ("rm",), "wait": ("list", "ps")}
"""Words that are no verbs but are often typed for one."""

_ADDED_LAST: Final = ("config", "plugin", "version", "api-versions", "api-resources", "options")
"""The order in which kubectl adds the verbs that belong to no group: pkg/cmd/cmd.go."""


def verb_names() -> list[str]:
    """All verbs of the overview, in its order."""
    return [name for _, verbs in GROUPS for name, _ in verbs]


def names_as_added() -> list[str]:
    """All verbs in the order of kubectl's source, in which suggestions come."""
    return [*(name for name in verb_names() if name not in _ADDED_LAST), *_ADDED_LAST]


def overview() -> str:
    """What `kubectl` prints."""
    return (
        "kubectl controls the Kubernetes cluster manager.\n\n"
        " Find more information at: https://kubernetes.io/docs/reference/kubectl/\n\n" + usage()
    )


def usage() -> str:
    """The overview without its title, as it follows an unknown help topic."""
    width = max(len(name) for name in verb_names())
    sections = []
    for heading, verbs in GROUPS:
        sections.append("\n".join([heading, *(f"  {name:<{width}}   {short}" for name, short in verbs)]))
    sections.append("Usage:\n  kubectl [flags] [options]")
    return "\n\n".join(sections) + (
        '\n\nUse "kubectl <command> --help" for more information about a given command.\n'
        'Use "kubectl options" for a list of global command-line options (applies to all commands).\n'
    )


def not_simulated(verb: str) -> str:
    """The error for a verb of the real kubectl that the simulation lacks."""
    near = NEAR.get(verb, ())
    message = f"kubectl {verb} is not simulated"
    return f"{message}; try: {', '.join(f'kubectl {each}' for each in near)}" if near else message
