"""`kubectl create`: objects out of files, and the nouns it makes objects of by itself.

Source: pkg/cmd/create of https://github.com/kubernetes/kubectl and tests/golden.
"""

from __future__ import annotations

from tutor.engine.errors import ApiError
from tutor.engine.names import port_name_problems, port_problems, subdomain_problems
from tutor.engine.objects import Object
from tutor.kubectl import common_flags as common
from tutor.kubectl import generators
from tutor.kubectl.command import Command, Flag, Handler
from tutor.kubectl.config_data import data_from_flags
from tutor.kubectl.errors import KubectlError, raise_all, with_source
from tutor.kubectl.field_validation import VALIDATE, create_validated
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.last_applied import annotated_as_struct, updated
from tutor.kubectl.manifests import Manifest
from tutor.kubectl.results import dry_run_of, print_result, print_typed, ready_printer
from tutor.kubectl.sources import read_targets, require_files

SAVE_CONFIG = Flag(
    "save-config",
    "If true, the configuration of current object will be saved in its annotation. Otherwise, the annotation will be "
    "unchanged. This flag is useful when you want to perform kubectl apply on this object in the future.",
    kind="bool",
)


async def create(call: Invocation) -> int:
    """Create every object of the files; one that fails does not keep the others from being created."""
    if call.args:
        raise call.usage_error(f"Unexpected args: [{' '.join(call.args)}]")
    require_files(call)
    dry_run = await dry_run_of(call)
    ready_printer(call)
    errors: list[Exception] = []
    count = 0
    for item in await read_targets(call):
        if not isinstance(item, Manifest):
            errors.append(item)
            continue
        obj = updated(item.object, save=call.on("save-config"))
        if dry_run != "client":
            try:
                obj = create_validated(call, obj, item.namespace, dry_run=dry_run == "server")
            except ApiError as error:
                errors.append(with_source("creating", item.source, error))
                continue
        count += 1
        await print_result(call, obj, "created", dry_run)
    raise_all(errors)
    if not count:
        raise KubectlError("no objects passed to create")
    return 0


# Nouns


def _name(call: Invocation) -> str:
    """The one name on the command line."""
    names = call.args if call.dash < 0 else call.args[: call.dash]
    if len(names) != 1:
        raise call.usage_error(f"exactly one NAME is required, got {len(names)}")
    return names[0]


def _namespace(call: Invocation) -> str:
    """The namespace to write into the object: only one that was asked for shows in a dry run."""
    return call.namespace if call.namespace_given else ""


async def _make(call: Invocation, obj: Object, failing: str) -> int:
    """Create an object made of flags.

    Args:
        call: the invocation.
        obj: the object.
        failing: what precedes the API's message when it refuses, such as `failed to create deployment`.
    """
    dry_run = await dry_run_of(call)
    ready_printer(call)
    if call.on("save-config") and obj["kind"] != "Service":  # kubectl forgets to
        obj = annotated_as_struct(obj)
    if dry_run != "client":
        namespace = "" if obj["kind"] == "Namespace" else call.namespace
        try:
            obj = create_validated(call, generators.to_send(obj), namespace, dry_run=dry_run == "server")
        except ApiError as error:
            if not failing:
                raise
            raise KubectlError(f"{failing}: {error.status.message}") from None
    await print_typed(call, obj, "created", dry_run)
    return 0


async def create_namespace(call: Invocation) -> int:
    """Create a Namespace."""
    return await _make(call, generators.namespace_object(_name(call)), "")


async def create_service_account(call: Invocation) -> int:
    """Create a ServiceAccount."""
    obj = generators.service_account(_name(call), _namespace(call))
    return await _make(call, obj, "failed to create serviceaccount")


async def create_config_map(call: Invocation) -> int:
    """Create a ConfigMap out of files and literals."""
    name = _name(call)
    data = data_from_flags(
        call.context.files, name, call.many("from-file"), call.many("from-literal"), call.many("from-env-file")
    )
    return await _make(call, generators.config_map(name, _namespace(call), data), "failed to create configmap")


async def create_deployment(call: Invocation) -> int:
    """Create a Deployment that runs images."""
    name, images = _name(call), call.many("image")
    command = call.args[call.dash :] if call.dash >= 0 else []
    if len(images) > 1 and command:
        raise KubectlError("cannot specify multiple --image options and command")
    obj = generators.deployment(
        name,
        _namespace(call),
        images,
        replicas=call.number("replicas"),
        port=call.number("port"),
        command=command,
        suffix=call.context.cluster.core.dice.suffix,
    )
    return await _make(call, obj, "failed to create deployment")


def _service_handler(kind: str) -> Handler:
    async def create_service(call: Invocation) -> int:
        name = _name(call)
        cluster_ip = call.text("clusterip") if call.has("clusterip") else ""
        external_name = call.text("external-name") if call.has("external-name") else ""
        node_port = call.number("node-port") if call.has("node-port") else 0
        words = call.many("tcp")
        if not words and cluster_ip != "None" and kind != "ExternalName":
            raise KubectlError("at least one tcp port specifier must be provided")
        if kind == "ExternalName" and subdomain_problems(external_name):
            raise KubectlError(f"invalid service external name {external_name}")
        spec: Object = {"clusterIP": cluster_ip} if cluster_ip else {}
        spec["type"] = kind
        if external_name:
            spec["externalName"] = external_name
        obj = generators.service(
            name,
            _namespace(call),
            ports=[_service_port(word, node_port) for word in words],
            selector={"app": name},
            labels={"app": name},
            spec=spec,
        )
        return await _make(call, obj, f"failed to create {kind} service")

    return create_service


def _service_port(word: str, node_port: int) -> Object:
    """The port that `80`, `80:8080` or `80:http` means."""
    port_word, colon, target_word = word.partition(":")
    port = _parse_port(port_word)
    target: int | str = port
    if colon:
        target_word = target_word.split(":")[0]
        target = generators.int_or_string(target_word)
        problems = port_problems(target) if isinstance(target, int) else port_name_problems(target)
        if problems:
            raise KubectlError(",".join(problems))
    made: Object = {"name": word.replace(":", "-"), "protocol": "TCP", "port": port, "targetPort": target}
    return {**made, "nodePort": node_port} if node_port else made


def _parse_port(word: str) -> int:
    if not word.isascii() or not word.isdigit():
        raise KubectlError(f'strconv.ParseUint: parsing "{word}": invalid syntax')
    if int(word) > 65535:
        raise KubectlError(f'strconv.ParseUint: parsing "{word}": value out of range')
    return int(word)


_COMMON = (
    *common.print_flags(), common.DRY_RUN, common.field_manager("kubectl-create"), SAVE_CONFIG, VALIDATE,
)  # fmt: skip
_TCP = Flag("tcp", "Port pairs can be specified as '<port>:<targetPort>'.", kind="list")

_NAMESPACE = Command(
    name="namespace",
    aliases=("ns",),
    short="Create a namespace with the specified name",
    long="Create a namespace with the specified name.",
    examples="""
# Create a new namespace named my-namespace
kubectl create namespace my-namespace
""",
    usage="NAME [--dry-run=server|client|none]",
    flags=_COMMON,
    handler=create_namespace,
)
_CONFIG_MAP = Command(
    name="configmap",
    aliases=("cm",),
    short="Create a config map from a local file, directory or literal value",
    long=(
        "Create a config map based on a file, directory, or specified literal value.\n\n"
        " A single config map may package one or more key/value pairs.\n\n"
        " When creating a config map based on a file, the key will default to the basename of the file, and the value "
        "will default to the file content.  If the basename is an invalid key, you may specify an alternate key.\n\n"
        " When creating a config map based on a directory, each file whose basename is a valid key in the directory "
        "will be packaged into the config map.  Any directory entries except regular files are ignored (e.g. "
        "subdirectories, symlinks, devices, pipes, etc)."
    ),
    examples="""
# Create a new config map named my-config based on folder bar
kubectl create configmap my-config --from-file=path/to/bar

# Create a new config map named my-config with specified keys instead of file basenames on disk
kubectl create configmap my-config --from-file=key1=/path/to/bar/file1.txt --from-file=key2=/path/to/bar/file2.txt

# Create a new config map named my-config with key1=config1 and key2=config2
kubectl create configmap my-config --from-literal=key1=config1 --from-literal=key2=config2

# Create a new config map named my-config from the key=value pairs in the file
kubectl create configmap my-config --from-file=path/to/bar

# Create a new config map named my-config from an env file
kubectl create configmap my-config --from-env-file=path/to/foo.env --from-env-file=path/to/bar.env
""",
    usage="NAME [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]",
    flags=(
        *_COMMON,
        Flag(
            "from-env-file",
            "Specify the path to a file to read lines of key=val pairs to create a configmap.",
            kind="list",
        ),
        Flag(
            "from-file",
            "Key file can be specified using its file path, in which case file basename will be used as configmap key, "
            "or optionally with a key and file path, in which case the given key will be used.  Specifying a directory "
            "will iterate each named file in the directory whose basename is a valid configmap key.",
            kind="list",
        ),
        Flag(
            "from-literal", "Specify a key and literal value to insert in configmap (i.e. mykey=somevalue)",
            kind="array",
        ),
    ),
    lacks=("append-hash",),
    handler=create_config_map,
)  # fmt: skip
_DEPLOYMENT = Command(
    name="deployment",
    aliases=("deploy",),
    short="Create a deployment with the specified name",
    long="Create a deployment with the specified name.",
    examples="""
# Create a deployment named my-dep that runs the busybox image
kubectl create deployment my-dep --image=busybox

# Create a deployment with a command
kubectl create deployment my-dep --image=busybox -- date

# Create a deployment named my-dep that runs the nginx image with 3 replicas
kubectl create deployment my-dep --image=nginx --replicas=3

# Create a deployment named my-dep that runs the busybox image and expose port 5701
kubectl create deployment my-dep --image=busybox --port=5701

# Create a deployment named my-dep that runs multiple containers
kubectl create deployment my-dep --image=busybox:latest --image=ubuntu:latest --image=nginx
""",
    usage="NAME --image=image -- [COMMAND] [args...]",
    flags=(
        *_COMMON,
        Flag(
            "image",
            "Image names to run. A deployment can have multiple images set for multi-container pod.",
            kind="list",
            required=True,
        ),
        Flag("port", "The containerPort that this deployment exposes.", kind="int", default=-1),
        Flag("replicas", "Number of replicas to create. Default is 1.", kind="int", short="r", default=1),
    ),
    handler=create_deployment,
)


def _service(name: str, kind: str, what: str, examples: str, usage: str, *flags: Flag, more: str = "") -> Command:
    article = "an" if kind[0] == "E" else "a"
    return Command(
        name=name,
        short=f"Create {article} {what} service",
        long=f"Create {article} {what} service with the specified name." + more,
        examples=examples,
        usage=usage,
        flags=(*_COMMON, _TCP, *flags),
        handler=_service_handler(kind),
    )


_SERVICE = Command(
    name="service",
    aliases=("svc",),
    short="Create a service using a specified subcommand",
    long="Create a service using a specified subcommand.",
    usage="[flags]",
    subcommands=(
        _service(
            "clusterip",
            "ClusterIP",
            "ClusterIP",
            """
# Create a new ClusterIP service named my-cs
kubectl create service clusterip my-cs --tcp=5678:8080

# Create a new ClusterIP service named my-cs (in headless mode)
kubectl create service clusterip my-cs --clusterip="None"
""",
            "NAME [--tcp=<port>:<targetPort>] [--dry-run=server|client|none]",
            Flag(
                "clusterip", "Assign your own ClusterIP or set to 'None' for a 'headless' service (no loadbalancing)."
            ),
        ),
        _service(
            "externalname",
            "ExternalName",
            "ExternalName",
            """
# Create a new ExternalName service named my-ns
kubectl create service externalname my-ns --external-name bar.com
""",
            "NAME --external-name external.name [--dry-run=server|client|none]",
            Flag("external-name", "External name of service", required=True),
            more=(
                "\n\n ExternalName service references to an external DNS address instead of only pods, which will "
                "allow "
                "application authors to reference services that exist off platform, on other clusters, or locally."
            ),
        ),
        _service(
            "loadbalancer",
            "LoadBalancer",
            "LoadBalancer",
            """
# Create a new LoadBalancer service named my-lbs
kubectl create service loadbalancer my-lbs --tcp=5678:8080
""",
            "NAME [--tcp=port:targetPort] [--dry-run=server|client|none]",
        ),
        _service(
            "nodeport",
            "NodePort",
            "NodePort",
            """
# Create a new NodePort service named my-ns
kubectl create service nodeport my-ns --tcp=5678:8080
""",
            "NAME [--tcp=port:targetPort] [--dry-run=server|client|none]",
            Flag("node-port", "Port used to expose the service on each node in a cluster.", kind="int"),
        ),
    ),
)

_SERVICE_ACCOUNT = Command(
    name="serviceaccount",
    aliases=("sa",),
    short="Create a service account with the specified name",
    long="Create a service account with the specified name.",
    examples="""
# Create a new service account named my-service-account
kubectl create serviceaccount my-service-account
""",
    usage="NAME [--dry-run=server|client|none]",
    flags=_COMMON,
    handler=create_service_account,
)

_NOT_SIMULATED = {
    "clusterrole": "Roles", "clusterrolebinding": "Roles", "cj": "CronJobs", "cronjob": "CronJobs",
    "ing": "Ingresses", "ingress": "Ingresses", "job": "Jobs", "pc": "Priority classes",
    "pdb": "Pod disruption budgets", "poddisruptionbudget": "Pod disruption budgets",
    "priorityclass": "Priority classes", "quota": "Quotas", "resourcequota": "Quotas", "role": "Roles",
    "rolebinding": "Roles", "secret": "Secrets", "token": "Tokens",
}  # fmt: skip
_NEAREST = {
    "job": "kubectl run NAME --image=IMAGE --restart=Never",
    "secret": "kubectl create configmap",
    "ing": "kubectl create service nodeport",
    "ingress": "kubectl create service nodeport",
}


def _refusal(noun: str) -> str:
    nearest = _NEAREST.get(noun, "kubectl create deployment")
    return f"{_NOT_SIMULATED[noun]} are not simulated; the nearest that works is '{nearest}'"


COMMAND = Command(
    name="create",
    short="Create a resource from a file or from stdin",
    long="Create a resource from a file or from stdin.\n\n JSON and YAML formats are accepted.",
    examples="""
# Create a pod using the data in pod.json
kubectl create -f ./pod.json

# Create a pod based on the JSON passed into stdin
cat pod.json | kubectl create -f -
""",
    usage="-f FILENAME",
    flags=(
        *_COMMON,
        common.filename("to use to create the resource"),
        common.RECORD,
        common.RECURSIVE,
        common.SELECTOR,
    ),
    lacks=("edit", "kustomize", "k", "raw", "windows-line-endings"),
    subcommands=(_CONFIG_MAP, _DEPLOYMENT, _NAMESPACE, _SERVICE, _SERVICE_ACCOUNT),
    missing={noun: _refusal(noun) for noun in _NOT_SIMULATED},
    handler=create,
)
