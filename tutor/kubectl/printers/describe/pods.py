"""Descriptions of Pods and of Pod templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tutor.engine.objects import Object, field, is_deleting, name_of, namespace_of
from tutor.kubectl.printers.describe.page import About, Page, controlled_by, long_time
from tutor.kubectl.printers.text import go_quote, go_value


def describe_pod(page: Page, pod: Object, about: About) -> None:
    """Add all there is to say of a Pod."""
    spec, status = pod["spec"], pod.get("status", {})
    page.line(f"Name:\t{name_of(pod)}")
    page.line(f"Namespace:\t{namespace_of(pod)}")
    if "priority" in spec:
        page.line(f"Priority:\t{spec['priority']}")
    _named(page, "Priority Class Name", spec.get("priorityClassName"))
    _named(page, "Runtime Class Name", spec.get("runtimeClassName"))
    _named(page, "Service Account", spec.get("serviceAccountName"))
    node = spec.get("nodeName")
    page.line(f"Node:\t{node}/{status.get('hostIP', '')}" if node else "Node:\t<none>")
    if status.get("startTime"):
        page.line(f"Start Time:\t{long_time(status['startTime'])}")
    page.pairs("Labels", pod["metadata"].get("labels"))
    page.annotations("Annotations", pod["metadata"].get("annotations"))
    _phase(page, pod, about)
    _named(page, "Reason", status.get("reason"))
    _named(page, "Message", status.get("message"))
    _named(page, "SeccompProfile", field(spec, "securityContext.seccompProfile.type"))
    page.line(f"IP:\t{status.get('podIP', '')}")
    ips = status.get("podIPs") or ()
    page.line("IPs:" if ips else "IPs:\t<none>")
    for address in ips:
        page.line(f"IP:\t{address['ip']}", 1)
    _named(page, "Controlled By", controlled_by(pod))
    _named(page, "NominatedNodeName", status.get("nominatedNodeName"))
    if spec.get("initContainers"):
        _containers(page, "Init Containers", spec["initContainers"], status.get("initContainerStatuses"), pod)
    _containers(page, "Containers", spec["containers"], status.get("containerStatuses"), pod)
    _conditions(page, status.get("conditions") or ())
    _volumes(page, spec.get("volumes"))
    page.line(f"QoS Class:\t{status.get('qosClass') or 'BestEffort'}")
    page.pairs("Node-Selectors", spec.get("nodeSelector"))
    page.items("Tolerations", _tolerations(spec.get("tolerations") or ()))
    about.events(page, pod)


def describe_template(page: Page, template: Mapping[str, Any]) -> None:
    """Add what a Deployment or ReplicaSet makes its Pods of."""
    metadata, spec = template.get("metadata") or {}, template.get("spec") or {}
    page.line("Pod Template:")
    page.pairs("  Labels", metadata.get("labels"))
    if metadata.get("annotations"):
        page.annotations("  Annotations", metadata["annotations"])
    if spec.get("serviceAccountName"):
        page.line(f"Service Account:\t{spec['serviceAccountName']}", 1)
    if spec.get("initContainers"):
        _containers(page, "Init Containers", spec["initContainers"], (), None, "  ")
    _containers(page, "Containers", spec.get("containers") or (), (), None, "  ")
    _volumes(page, spec.get("volumes"), "  ")
    if spec.get("priorityClassName"):
        page.line(f"Priority Class Name:\t{spec['priorityClassName']}", 1)
    page.pairs("  Node-Selectors", spec.get("nodeSelector"))
    page.items("  Tolerations", _tolerations(spec.get("tolerations") or ()))


def _named(page: Page, title: str, value: Any) -> None:
    if value:
        page.line(f"{title}:\t{value}")


def _phase(page: Page, pod: Object, about: About) -> None:
    phase = field(pod, "status.phase", "")
    if is_deleting(pod) and phase not in {"Failed", "Succeeded"}:
        page.line(f"Status:\tTerminating (lasts {about.age(pod['metadata']['deletionTimestamp'])})")
        page.line(f"Termination Grace Period:\t{pod['metadata'].get('deletionGracePeriodSeconds', 0)}s")
    else:
        page.line(f"Status:\t{phase}")


def _conditions(page: Page, conditions: Sequence[Mapping[str, Any]]) -> None:
    if not conditions:
        return
    page.line("Conditions:")
    page.line("Type\tStatus", 1)
    for condition in conditions:
        page.line(f"{condition['type']} \t{condition['status']} ", 1)


# Containers


def _containers(
    page: Page,
    title: str,
    containers: Sequence[Mapping[str, Any]],
    statuses: Sequence[Mapping[str, Any]] | None,
    pod: Object | None,
    space: str = "",
) -> None:
    by_name = {status["name"]: status for status in statuses or ()}
    page.line(f"{space}{title}:" + ("" if containers else " <none>"))
    for container in containers:
        status = by_name.get(container["name"])
        page.line(f"{' ' if space else ''}{container['name']}:", 1)
        _basics(page, container, status)
        _words(page, "Command", container.get("command"))
        _words(page, "Args", container.get("args"))
        if status is not None:
            _state(page, "State", status.get("state") or {})
            if field(status, "lastState.terminated"):
                _state(page, "Last State", status["lastState"])
            page.line(f"Ready:\t{status.get('ready', False)}", 2)
            page.line(f"Restart Count:\t{status.get('restartCount', 0)}", 2)
        _resources(page, container.get("resources") or {})
        for kind in ("liveness", "readiness", "startup"):
            if container.get(f"{kind}Probe"):
                page.line(f"{kind.capitalize()}:\t{_probe(container[f'{kind}Probe'])}", 2)
        _environment_sources(page, container.get("envFrom"))
        _environment(page, container.get("env") or (), pod)
        _mounts(page, container.get("volumeMounts") or ())


def _basics(page: Page, container: Mapping[str, Any], status: Mapping[str, Any] | None) -> None:
    if status is not None:
        page.line(f"Container ID:\t{status.get('containerID', '')}", 2)
    page.line(f"Image:\t{container.get('image', '')}", 2)
    if status is not None:
        page.line(f"Image ID:\t{status.get('imageID', '')}", 2)
    ports = container.get("ports") or ()
    many = "s" if len(ports) > 1 else ""
    for title, key in (("Port", "containerPort"), ("Host Port", "hostPort")):
        shown = ", ".join(f"{port.get(key, 0)}/{port.get('protocol', 'TCP')}" for port in ports)
        page.line(f"{title}{many}:\t{shown or '<none>'}", 2)
    profile = field(container, "securityContext.seccompProfile.type")
    if profile:
        page.line(f"SeccompProfile:\t{profile}", 2)


def _words(page: Page, title: str, words: Sequence[str] | None) -> None:
    if words:
        page.line(f"{title}:", 2)
        for word in words:
            for line in word.split("\n"):
                page.line(line, 3)


def _state(page: Page, title: str, state: Mapping[str, Any]) -> None:
    if "running" in state:
        page.line(f"{title}:\tRunning", 2)
        page.line(f"Started:\t{long_time(state['running'].get('startedAt'))}", 3)
    elif "terminated" in state:
        ended = state["terminated"]
        page.line(f"{title}:\tTerminated", 2)
        for key in ("reason", "message"):
            if ended.get(key):
                page.line(f"{key.capitalize()}:\t{ended[key]}", 3)
        page.line(f"Exit Code:\t{ended.get('exitCode', 0)}", 3)
        if ended.get("signal"):
            page.line(f"Signal:\t{ended['signal']}", 3)
        page.line(f"Started:\t{long_time(ended.get('startedAt'))}", 3)
        page.line(f"Finished:\t{long_time(ended.get('finishedAt'))}", 3)
    else:
        page.line(f"{title}:\tWaiting", 2)
        if field(state, "waiting.reason"):
            page.line(f"Reason:\t{state['waiting']['reason']}", 3)


def _resources(page: Page, resources: Mapping[str, Any]) -> None:
    for key in ("limits", "requests"):
        amounts = resources.get(key)
        if amounts:
            page.line(f"{key.capitalize()}:", 2)
            for name in sorted(amounts):
                page.line(f"{name}:\t{amounts[name]}", 3)


def _probe(probe: Mapping[str, Any]) -> str:
    attributes = (
        f"delay={probe.get('initialDelaySeconds', 0)}s timeout={probe.get('timeoutSeconds', 0)}s "
        f"period={probe.get('periodSeconds', 0)}s #success={probe.get('successThreshold', 0)} "
        f"#failure={probe.get('failureThreshold', 0)}"
    )
    if "exec" in probe:
        return f"exec {go_value(probe['exec'].get('command') or [])} {attributes}"
    if "httpGet" in probe:
        get = probe["httpGet"]
        scheme = str(get.get("scheme", "HTTP")).lower()
        return f"http-get {scheme}://{get.get('host', '')}:{get['port']}{get.get('path', '')} {attributes}"
    if "tcpSocket" in probe:
        return f"tcp-socket {probe['tcpSocket'].get('host', '')}:{probe['tcpSocket']['port']} {attributes}"
    if "grpc" in probe:
        return f"grpc <pod>:{probe['grpc']['port']} {probe['grpc'].get('service', '')} {attributes}"
    return f"unknown {attributes}"


def _environment_sources(page: Page, sources: Sequence[Mapping[str, Any]] | None) -> None:
    if not sources:
        return
    page.line("Environment Variables from:", 2)
    for source in sources:
        kind = "ConfigMap" if "configMapRef" in source else "Secret"
        ref = source.get("configMapRef") or source.get("secretRef") or {}
        prefix = f" with prefix '{source['prefix']}'" if source.get("prefix") else ""
        page.line(f"{ref.get('name', '')}\t{kind}{prefix}\tOptional: {go_value(bool(ref.get('optional')))}", 3)


def _environment(page: Page, variables: Sequence[Mapping[str, Any]], pod: Object | None) -> None:
    page.line("Environment:" + ("" if variables else "\t<none>"), 2)
    for variable in variables:
        name, source = variable["name"], variable.get("valueFrom")
        if not source:
            first, *others = str(variable.get("value", "")).split("\n")
            page.line(f"{name}:\t{first}", 3)
            for line in others:
                page.line(f"\t{line}", 3)
        elif "fieldRef" in source:
            ref = source["fieldRef"]
            value = _field_text(pod, ref["fieldPath"]) if pod is not None else ""
            page.line(f"{name}:\t{value} ({ref.get('apiVersion', 'v1')}:{ref['fieldPath']})", 3)
        elif "resourceFieldRef" in source:
            page.line(f"{name}:\t ({source['resourceFieldRef']['resource']})", 3)
        else:
            kind, word = (
                ("secretKeyRef", "in secret") if "secretKeyRef" in source else ("configMapKeyRef", "of config map")
            )
            ref = source[kind]
            optional = go_value(bool(ref.get("optional")))
            page.line(
                f"{name}:\t<set to the key '{ref['key']}' {word} '{ref.get('name', '')}'>\tOptional: {optional}", 3
            )


def _field_text(pod: Object, path: str) -> str:
    base, bracket, key = path.partition("['")
    value = field(pod, base)
    if bracket:
        return str((value or {}).get(key.removesuffix("']"), ""))
    return str(value) if isinstance(value, (str, int)) else ""


def _mounts(page: Page, mounts: Sequence[Mapping[str, Any]]) -> None:
    page.line("Mounts:" + ("" if mounts else "\t<none>"), 2)
    for mount in sorted(mounts, key=lambda mount: str(mount["mountPath"])):
        flags = "ro" if mount.get("readOnly") else "rw"
        if mount.get("subPath"):
            flags += f",path={go_quote(mount['subPath'])}"
        page.line(f"{mount['mountPath']} from {mount['name']} ({flags})", 3)


# Volumes and tolerations


def _volumes(page: Page, volumes: Sequence[Mapping[str, Any]] | None, space: str = "") -> None:
    page.line(f"{space}Volumes:" + ("" if volumes else "\t<none>"))
    for volume in volumes or ():
        page.line(f"{' ' if space else ''}{volume['name']}:", 1)
        for line in _volume(volume):
            page.line(line, 2)


def _volume(volume: Mapping[str, Any]) -> list[str]:
    if "hostPath" in volume:
        path = volume["hostPath"]
        return [
            "Type:\tHostPath (bare host directory volume)",
            f"Path:\t{path.get('path', '')}",
            f"HostPathType:\t{path.get('type', '<none>')}",
        ]
    if "emptyDir" in volume:
        folder = volume["emptyDir"] or {}
        return [
            "Type:\tEmptyDir (a temporary directory that shares a pod's lifetime)",
            f"Medium:\t{folder.get('medium', '')}",
            f"SizeLimit:\t{folder.get('sizeLimit', '<unset>')}",
        ]
    if "configMap" in volume:
        return ["Type:\tConfigMap (a volume populated by a ConfigMap)", *_source("Name", "name", volume["configMap"])]
    if "secret" in volume:
        return [
            "Type:\tSecret (a volume populated by a Secret)",
            *_source("SecretName", "secretName", volume["secret"]),
        ]
    if "projected" in volume:
        lines = ["Type:\tProjected (a volume that contains injected data from multiple sources)"]
        for source in volume["projected"].get("sources") or ():
            lines += _projected(source)
        return lines
    return ["<unknown>"]


def _source(title: str, key: str, source: Mapping[str, Any]) -> list[str]:
    return [f"{title}:\t{source.get(key, '')}", f"Optional:\t{go_value(bool(source.get('optional')))}"]


def _projected(source: Mapping[str, Any]) -> list[str]:
    if "secret" in source:
        return _source("SecretName", "name", source["secret"])
    if "downwardAPI" in source:
        return ["DownwardAPI:\ttrue"]
    if "configMap" in source:
        return _source("ConfigMapName", "name", source["configMap"])
    if "serviceAccountToken" in source:
        return [f"TokenExpirationSeconds:\t{source['serviceAccountToken'].get('expirationSeconds', 3600)}"]
    return []


def _tolerations(tolerations: Sequence[Mapping[str, Any]]) -> list[str]:
    return [_toleration(each) for each in sorted(tolerations, key=lambda each: str(each.get("key", "")))]


def _toleration(toleration: Mapping[str, Any]) -> str:
    key, value, effect = (str(toleration.get(name, "")) for name in ("key", "value", "effect"))
    text = key + (f"={value}" if value else "") + (f":{effect}" if effect else "")
    if toleration.get("operator") == "Exists" and not value:
        text += " op=Exists" if text else "op=Exists"
    if "tolerationSeconds" in toleration:
        text += f" for {toleration['tolerationSeconds']}s"
    return text
