"""Flags that many verbs share, with kubectl's own words, and those that every verb takes."""

from __future__ import annotations

from typing import Final

from tutor.kubectl.command import Flag

GLOBAL_FLAGS: Final = (
    Flag("context", "The name of the kubeconfig context to use"),
    Flag("namespace", "If present, the namespace scope for this CLI request", short="n"),
    Flag(
        "request-timeout",
        "The length of time to wait before giving up on a single server request. Non-zero values should contain a "
        "corresponding time unit (e.g. 1s, 2m, 3h). A value of zero means don't timeout requests.",
        default="0",
    ),
    Flag("v", "number for the log level verbosity", kind="int", short="v"),
    Flag("warnings-as-errors", "Treat warnings received from the server as errors and exit with a non-zero exit code",
         kind="bool"),
)  # fmt: skip
"""Sorted by name, as `kubectl options` shows them."""
GLOBAL_LACKS: Final = (
    "as", "as-group", "as-uid", "cache-dir", "certificate-authority", "client-certificate", "client-key", "cluster",
    "disable-compression", "insecure-skip-tls-verify", "kubeconfig", "kuberc", "log-flush-frequency",
    "match-server-version", "password", "profile", "profile-output", "server", "s", "tls-server-name", "token", "user",
    "username", "vmodule",
)  # fmt: skip
"""Global flags of the real kubectl for which a simulated cluster has no use."""

ALL_NAMESPACES: Final = Flag(
    "all-namespaces",
    "If present, list the requested object(s) across all namespaces. Namespace in current context is ignored even if "
    "specified with --namespace.",
    kind="bool",
    short="A",
)
ALLOW_MISSING_TEMPLATE_KEYS: Final = Flag(
    "allow-missing-template-keys",
    "If true, ignore any errors in templates when a field or map key is missing in the template. Only applies to "
    "golang and jsonpath output formats.",
    kind="bool",
    default=True,
)
CHUNK_SIZE: Final = Flag(
    "chunk-size",
    "Return large lists in chunks rather than all at once. Pass 0 to disable. This flag is beta and may change in the "
    "future.",
    kind="int",
    default=500,
)
DRY_RUN: Final = Flag(
    "dry-run",
    'Must be "none", "server", or "client". If client strategy, only print the object that would be sent, without '
    "sending it. If server strategy, submit server-side request without persisting the resource.",
    default="none",
    optional="unchanged",
    choices=("client", "none", "server"),
)
FIELD_SELECTOR: Final = Flag(
    "field-selector",
    "Selector (field query) to filter on, supports '=', '==', and '!='.(e.g. --field-selector key1=value1,key2=value2)."
    " The server only supports a limited number of field queries per type.",
)
NO_HEADERS: Final = Flag(
    "no-headers",
    "When using the default or custom-column output format, don't print headers (default print headers).",
    kind="bool",
)
RECORD: Final = Flag(
    "record",
    "Record current kubectl command in the resource annotation. If set to false, do not record the command. If set to "
    "true, record the command. If not set, default to updating the existing annotation value only if one already "
    "exists.",
    kind="bool",
    hidden=True,
)
RECURSIVE: Final = Flag(
    "recursive",
    "Process the directory used in -f, --filename recursively. Useful when you want to manage related manifests "
    "organized within the same directory.",
    kind="bool",
    short="R",
)
SELECTOR: Final = Flag(
    "selector",
    "Selector (label query) to filter on, supports '=', '==', and '!='.(e.g. -l key1=value1,key2=value2). Matching "
    "objects must satisfy all of the specified label constraints.",
    short="l",
)
SHOW_LABELS: Final = Flag(
    "show-labels",
    "When printing, show all labels as the last column (default hide labels column)",
    kind="bool",
)
SHOW_MANAGED_FIELDS: Final = Flag(
    "show-managed-fields",
    "If true, keep the managedFields when printing objects in JSON or YAML format.",
    kind="bool",
)
TEMPLATE: Final = Flag(
    "template",
    "Template string or path to template file to use when -o=go-template, -o=go-template-file. The template format is "
    "golang templates [http://golang.org/pkg/text/template/#pkg-overview].",
)

_PRINT_FORMATS = (
    "json", "yaml", "name", "go-template", "go-template-file", "template", "templatefile", "jsonpath",
    "jsonpath-as-json", "jsonpath-file",
)  # fmt: skip


def filename(purpose: str) -> Flag:
    """-f; `purpose` completes "Filename, directory, or URL to files …", such as `identifying the resource`."""
    return Flag("filename", f"Filename, directory, or URL to files {purpose}", kind="list", short="f")


def filename_as(sentence: str) -> Flag:
    """-f with a sentence of its own."""
    return Flag("filename", sentence, kind="list", short="f")


def output(*formats: str) -> Flag:
    """-o with these formats, or those of every verb that prints one object."""
    choices = formats or _PRINT_FORMATS
    return Flag("output", f"Output format. One of: ({', '.join(choices)}).", short="o", choices=choices)


def print_flags() -> tuple[Flag, ...]:
    """-o and the flags that go with it, for a verb that prints the object it changed."""
    return (ALLOW_MISSING_TEMPLATE_KEYS, output(), SHOW_MANAGED_FIELDS, TEMPLATE)


def field_manager(name: str) -> Flag:
    """--field-manager with the verb's own default, such as `kubectl-create`."""
    return Flag("field-manager", "Name of the manager used to track field ownership.", default=name)
