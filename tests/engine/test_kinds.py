"""Defaults, refusals and tables, kind by kind."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.engine.support import Bench, deployment, pod, service
from tutor.engine.clock import Clock
from tutor.engine.durations import human_duration
from tutor.engine.errors import ApiError
from tutor.engine.kinds import KINDS
from tutor.engine.objects import Object
from tutor.engine.resources import DEPLOYMENT, POD, RESOURCES, SERVICE


@pytest.fixture
def bench() -> Bench:
    return Bench()


def causes(manifest: Object) -> list[str]:
    return [str(cause) for cause in Bench().refusal(manifest).causes]


# Defaults


def test_pod_defaults(bench: Bench) -> None:
    manifest = pod(containers=[{"name": "a", "image": "nginx", "ports": [{"containerPort": 80}],
                                "readinessProbe": {"httpGet": {"port": 80}}}])  # fmt: skip
    created = bench.api.create(manifest)
    volume = created["spec"]["volumes"][0]["name"]
    expected = f"""
    containers:
    - image: nginx
      imagePullPolicy: Always
      name: a
      ports: [{{containerPort: 80, protocol: TCP}}]
      readinessProbe:
        failureThreshold: 3
        httpGet: {{path: /, port: 80, scheme: HTTP}}
        periodSeconds: 10
        successThreshold: 1
        timeoutSeconds: 1
      resources: {{}}
      terminationMessagePath: /dev/termination-log
      terminationMessagePolicy: File
      volumeMounts:
      - {{mountPath: /var/run/secrets/kubernetes.io/serviceaccount, name: {volume}, readOnly: true}}
    dnsPolicy: ClusterFirst
    enableServiceLinks: true
    preemptionPolicy: PreemptLowerPriority
    priority: 0
    restartPolicy: Always
    schedulerName: default-scheduler
    securityContext: {{}}
    serviceAccount: default
    serviceAccountName: default
    terminationGracePeriodSeconds: 30
    tolerations:
    - {{effect: NoExecute, key: node.kubernetes.io/not-ready, operator: Exists, tolerationSeconds: 300}}
    - {{effect: NoExecute, key: node.kubernetes.io/unreachable, operator: Exists, tolerationSeconds: 300}}
    """
    spec = {key: value for key, value in created["spec"].items() if key != "volumes"}
    assert spec == yaml.safe_load(expected)
    assert volume.startswith("kube-api-access-")
    assert created["status"] == {"phase": "Pending", "qosClass": "BestEffort"}


@pytest.mark.parametrize(
    ("image", "policy"),
    [
        ("nginx", "Always"),
        ("nginx:latest", "Always"),
        ("nginx:1.27", "IfNotPresent"),
        ("localhost:5000/nginx", "Always"),
        ("localhost:5000/nginx:1", "IfNotPresent"),
        ("nginx@sha256:abc", "IfNotPresent"),
    ],
)
def test_pull_policy_follows_the_tag(bench: Bench, image: str, policy: str) -> None:
    created = bench.api.create(pod(containers=[{"name": "a", "image": image}]))
    assert created["spec"]["containers"][0]["imagePullPolicy"] == policy


@pytest.mark.parametrize(
    ("resources", "qos"),
    [
        ({}, "BestEffort"),
        ({"requests": {"cpu": "1"}}, "Burstable"),
        ({"limits": {"cpu": "1", "memory": "1Gi"}}, "Guaranteed"),
        ({"limits": {"cpu": "1"}}, "Burstable"),
    ],
)
def test_quality_of_service(bench: Bench, resources: dict[str, Any], qos: str) -> None:
    created = bench.api.create(pod(containers=[{"name": "a", "image": "b", "resources": resources}]))
    assert created["status"]["qosClass"] == qos


def test_deployment_defaults(bench: Bench) -> None:
    spec = bench.api.create(deployment())["spec"]
    assert spec["replicas"] == 1
    assert spec["revisionHistoryLimit"] == 10
    assert spec["progressDeadlineSeconds"] == 600
    assert spec["strategy"] == {"rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}, "type": "RollingUpdate"}
    assert "serviceAccountName" not in spec["template"]["spec"]
    assert spec["template"]["spec"]["restartPolicy"] == "Always"


def test_service_defaults_by_type(bench: Bench) -> None:
    affine = bench.api.create(service("a", sessionAffinity="ClientIP"))["spec"]
    assert affine["sessionAffinityConfig"] == {"clientIP": {"timeoutSeconds": 10800}}
    balanced = bench.api.create(service("b", type="LoadBalancer"))["spec"]
    assert balanced["allocateLoadBalancerNodePorts"] is True
    assert (balanced["externalTrafficPolicy"], balanced["internalTrafficPolicy"]) == ("Cluster", "Cluster")
    assert balanced["ports"][0]["nodePort"] >= 30000
    external = bench.api.create(service("c", type="ExternalName", externalName="db.example.com", ports=[]))["spec"]
    assert external == {"externalName": "db.example.com", "sessionAffinity": "None", "type": "ExternalName"}
    headless = bench.api.create(service("d", clusterIP="None", selector={"app": "d"}))["spec"]
    assert (headless["clusterIPs"], headless["ipFamilyPolicy"]) == (["None"], "SingleStack")


def test_namespaces_carry_their_name_as_a_label(bench: Bench) -> None:
    created = bench.api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}})
    assert created["metadata"]["labels"] == {"kubernetes.io/metadata.name": "a"}
    assert (created["spec"], created["status"]) == ({"finalizers": ["kubernetes"]}, {"phase": "Active"})


def test_network_policy_types_follow_the_rules_given(bench: Bench) -> None:
    text = "{{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {{name: {}}}, spec: {}}}"
    both = bench.apply(text.format("a", "{podSelector: {}, egress: [{}], ingress: [{ports: [{port: 80}]}]}"))["spec"]
    assert both["policyTypes"] == ["Ingress", "Egress"]
    assert both["ingress"] == [{"ports": [{"port": 80, "protocol": "TCP"}]}]
    assert bench.apply(text.format("b", "{podSelector: {}}"))["spec"]["policyTypes"] == ["Ingress"]


# Refusals


LABEL_TEXT = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
    "with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
SUBDOMAIN_TEXT = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)


@pytest.mark.parametrize(
    ("spec", "texts"),
    [
        ({"containers": []}, ["spec.containers: Required value"]),
        ({"containers": [{"name": "a"}]}, ["spec.containers[0].image: Required value"]),
        ({"containers": [{"image": "b"}]}, ["spec.containers[0].name: Required value"]),
        (
            {"containers": [{"name": "A_B", "image": "b"}]},
            [f'spec.containers[0].name: Invalid value: "A_B": {LABEL_TEXT}'],
        ),
        (
            {"containers": [{"name": "a", "image": "b"}, {"name": "a", "image": "b"}]},
            ['spec.containers[1].name: Duplicate value: "a"'],
        ),
        (
            {"containers": [{"name": "a", "image": "b", "ports": [{"containerPort": 0}]}]},
            ["spec.containers[0].ports[0].containerPort: Required value"],
        ),
        (
            {"containers": [{"name": "a", "image": "b", "ports": [{"containerPort": 70000}]}]},
            ["spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive"],
        ),
        (
            {"containers": [{"name": "a", "image": "b", "imagePullPolicy": "Sometimes"}]},
            ['spec.containers[0].imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", '
             '"IfNotPresent", "Never"'],
        ),
        (
            {"containers": [{"name": "a", "image": "b", "volumeMounts": [{"name": "v", "mountPath": "/v"}]}]},
            ['spec.containers[0].volumeMounts[0].name: Not found: "v"'],
        ),
        (
            {"containers": [{"name": "a", "image": "b", "readinessProbe": {"periodSeconds": 1}}]},
            ["spec.containers[0].readinessProbe: Required value: must specify a handler type"],
        ),
        (
            {"restartPolicy": "Sometimes"},
            ['spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"'],
        ),
    ],
)  # fmt: skip
def test_pods_refused(spec: dict[str, Any], texts: list[str]) -> None:
    assert causes(pod(**spec)) == texts


@pytest.mark.parametrize(
    ("manifest", "texts"),
    [
        (
            deployment(labels={"app": "other"}),
            ['spec.template.metadata.labels: Invalid value: {"app":"other"}: `selector` does not match template '
             "`labels`"],
        ),
        (
            deployment(selector=None),
            ["spec.selector: Required value",
             'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template '
             "`labels`"],
        ),
        (deployment(selector={}), ["spec.selector: Invalid value: {}: empty selector is invalid for deployment"]),
        (deployment(replicas=-1), ["spec.replicas: Invalid value: -1: must be greater than or equal to 0"]),
        (
            deployment(strategy={"type": "Rolling"}),
            ['spec.strategy: Unsupported value: {"Type":"Rolling","RollingUpdate":null}: supported values: "Recreate", '
             '"RollingUpdate"'],
        ),
        (
            deployment(strategy={"type": "Recreate", "rollingUpdate": {"maxSurge": 1}}),
            ["spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"],
        ),
        (
            deployment(strategy={"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 0}}),
            ["spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0"],
        ),
    ],
)  # fmt: skip
def test_deployments_refused(manifest: Object, texts: list[str]) -> None:
    assert causes(manifest) == texts


@pytest.mark.parametrize(
    ("spec", "texts"),
    [
        ({"type": "ExternalName", "ports": []}, ["spec.externalName: Required value"]),
        (
            {"type": "NodePort", "clusterIP": "None"},
            ["spec.clusterIPs[0]: Invalid value: \"None\": may not be set to 'None' for NodePort services"],
        ),
        (
            {"ports": [{"port": 80, "nodePort": 30080}]},
            ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
        ),
        (
            {"clusterIPs": ["10.254.7.7"]},
            ['spec.clusterIPs: Invalid value: ["10.254.7.7"]: must be empty when `clusterIP` is not specified'],
        ),
        (
            {"sessionAffinity": "ClientIP", "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 0}}},
            ["spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 0: must be greater than 0 and less "
             "than 86400"],
        ),
        ({"externalIPs": ["127.0.0.1"]},
         ['spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)']),
        ({"internalTrafficPolicy": "Near"},
         ['spec.internalTrafficPolicy: Unsupported value: "Near": supported values: "Cluster", "Local"']),
    ],
)  # fmt: skip
def test_services_refused(spec: dict[str, Any], texts: list[str]) -> None:
    assert causes(service(**spec)) == texts


@pytest.mark.parametrize(
    ("text", "texts"),
    [
        ("{apiVersion: v1, kind: Namespace, metadata: {name: Shop}}",
         [f'metadata.name: Invalid value: "Shop": {LABEL_TEXT}']),
        ("{apiVersion: v1, kind: Service, metadata: {name: web.shop}, spec: {ports: [{port: 80}]}}",
         ['metadata.name: Invalid value: "web.shop": must not contain dots']),
        ("{apiVersion: v1, kind: ConfigMap, metadata: {name: a, labels: {a/b/c: d}}}",
         ["metadata.labels: Invalid value: \"a/b/c\": a valid label key must consist of alphanumeric characters, '-', "
          "'_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or "
          "'123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS "
          "subdomain prefix and '/' (e.g. 'example.com/MyName')"]),
        ("{apiVersion: v1, kind: ConfigMap, metadata: {name: A}}",
         [f'metadata.name: Invalid value: "A": {SUBDOMAIN_TEXT}']),
        ("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {'a b': c}}",
         ["data[a b]: Invalid value: \"a b\": a valid config key must consist of alphanumeric characters, '-', '_' or "
          "'.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"]),
        ("{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: a}, addressType: IPv4, endpoints: "
         "[{addresses: [web]}]}",
         ['endpoints[0].addresses[0]: Invalid value: "web": must be a valid IPv4 address']),
        ("{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: a}, endpoints: []}",
         ["addressType: Required value"]),
        ("{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a}, "
         "spec: {ingress: [{from: [{}]}]}}",
         ["spec.ingress[0].from[0]: Required value: must specify a peer"]),
        ("{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a}, spec: {ingress: [{from: "
         "[{ipBlock: {cidr: ''}}, {ipBlock: {cidr: 10.0.0.1}}, "
         "{ipBlock: {cidr: 10.0.0.0/8, except: [x, 11.0.0.0/9]}}]}]}}",
         ["spec.ingress[0].from[0].ipBlock.cidr: Required value",
          'spec.ingress[0].from[1].ipBlock.cidr: Invalid value: "10.0.0.1": must be a valid CIDR value, '
          "(e.g. 10.9.8.0/24 or 2001:db8::/64)",
          'spec.ingress[0].from[2].ipBlock.except[0]: Invalid value: "x": must be a valid CIDR value, '
          "(e.g. 10.9.8.0/24 or 2001:db8::/64)",
          'spec.ingress[0].from[2].ipBlock.except[1]: Invalid value: "11.0.0.0/9": must be a strict subset of `cidr`']),
        ("{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a}, spec: {ingress: [{ports: "
         "[{port: 90, endPort: 80}, {port: http, endPort: 80}, {endPort: 80}, {port: 1, endPort: 65536}]}]}}",
         ["spec.ingress[0].ports[0].endPort: Invalid value: 90: must be greater than or equal to `port`",
          "spec.ingress[0].ports[1].endPort: Invalid value: 80: may not be specified when `port` is non-numeric",
          "spec.ingress[0].ports[2].endPort: Invalid value: 80: may not be specified when `port` is not specified",
          "spec.ingress[0].ports[3].endPort: Invalid value: 65536: must be between 1 and 65535, inclusive"]),
        ("{apiVersion: v1, kind: ConfigMap, metadata: {name: a, labels: {'a b': 'c d'}}}",
         ["metadata.labels: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or "
          "'.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', "
          "regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
          "metadata.labels: Invalid value: \"c d\": a valid label must be an empty string or consist of alphanumeric "
          "characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or "
          "'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"]),
    ],
)  # fmt: skip
def test_others_refused(text: str, texts: list[str]) -> None:
    assert causes(yaml.safe_load(text)) == texts


def test_a_selector_may_not_change(bench: Bench) -> None:
    bench.api.create(deployment())
    with pytest.raises(ApiError) as caught:
        bench.api.update(deployment(selector={"matchLabels": {"app": "web", "a": "b"}}))
    assert "spec.selector: Invalid value: " in str(caught.value)
    assert str(caught.value.status.causes[0]).endswith(': {"matchLabels":{"a":"b","app":"web"}}: field is immutable')


def test_little_of_a_pod_may_change(bench: Bench) -> None:
    created = bench.api.create(pod())
    image = {"spec": {"containers": [{"name": "nginx", "image": "nginx:1.28"}]}}
    assert bench.api.patch(POD, "web", "default", image, "strategic")["metadata"]["generation"] == 2
    port = {"spec": {"containers": [{"name": "nginx", "ports": [{"containerPort": 80}]}]}}
    with pytest.raises(ApiError) as caught:
        bench.api.patch(POD, "web", "default", port, "strategic")
    assert caught.value.status.message.startswith(
        'Pod "web" is invalid: spec: Forbidden: pod updates may not change fields other than '
        "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` "
        "(only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it "
        "was previously negative)\n"
    )
    assert bench.api.update(created | {"metadata": {"name": "web"}})["spec"] == created["spec"]


def test_a_service_account_must_exist(bench: Bench) -> None:
    assert bench.refusal(pod(serviceAccountName="robot")).message == (
        'pods "web" is forbidden: error looking up service account default/robot: serviceaccount "robot" not found'
    )


def test_a_service_may_change_its_type(bench: Bench) -> None:
    created = bench.api.create(service(type="LoadBalancer"))
    changed = bench.api.patch(SERVICE, "web", "default", {"spec": {"type": "ClusterIP"}}, "strategic")["spec"]
    assert changed["clusterIP"] == created["spec"]["clusterIP"]
    assert not {"allocateLoadBalancerNodePorts", "externalTrafficPolicy"} & set(changed)
    assert changed["ports"] == [{"port": 80, "protocol": "TCP", "targetPort": 80}]


# Tables


def cells(obj: Object, seconds: float = 0.0) -> dict[str, str]:
    kind, clock = KINDS[obj["kind"]], Clock()
    clock.advance(seconds)
    return dict(zip((column.name for column in kind.columns), kind.cells(obj, clock), strict=True))


BORN = {"name": "a", "creationTimestamp": Clock().timestamp()}


def a_pod(status: dict[str, Any], **metadata: Any) -> Object:
    return {"kind": "Pod", "metadata": {**BORN, **metadata}, "spec": {"containers": [{"name": "a"}]}, "status": status}


def container(restarts: int = 0, *, ready: bool = False, **state: Any) -> dict[str, Any]:
    return {"name": "a", "ready": ready, "restartCount": restarts, "state": state}


@pytest.mark.parametrize(
    ("status", "word", "ready"),
    [
        ({"phase": "Pending"}, "Pending", "0/1"),
        (
            {"phase": "Pending", "containerStatuses": [container(waiting={"reason": "ContainerCreating"})]},
            "ContainerCreating",
            "0/1",
        ),
        ({"phase": "Running", "containerStatuses": [container(ready=True, running={})]}, "Running", "1/1"),
        ({"phase": "Running", "containerStatuses": [container(running={})]}, "Running", "0/1"),
        (
            {"phase": "Running", "containerStatuses": [container(waiting={"reason": "CrashLoopBackOff"})]},
            "CrashLoopBackOff",
            "0/1",
        ),
        (
            {"phase": "Failed", "containerStatuses": [container(terminated={"exitCode": 3, "reason": "Error"})]},
            "Error",
            "0/1",
        ),
        ({"phase": "Failed", "containerStatuses": [container(terminated={"exitCode": 3})]}, "ExitCode:3", "0/1"),
        (
            {"phase": "Succeeded", "containerStatuses": [container(terminated={"exitCode": 0, "reason": "Completed"})]},
            "Completed",
            "0/1",
        ),
        ({"phase": "Failed", "reason": "Evicted"}, "Evicted", "0/1"),
        (
            {
                "phase": "Running",
                "conditions": [{"type": "Ready", "status": "True"}],
                "containerStatuses": [
                    container(terminated={"exitCode": 0, "reason": "Completed"}),
                    container(ready=True, running={}),
                ],
            },
            "Running",
            "1/1",
        ),
    ],
)
def test_pod_status_words(status: dict[str, Any], word: str, ready: str) -> None:
    row = cells(a_pod(status))
    assert (row["Status"], row["Ready"]) == (word, ready)


def test_a_going_pod_is_terminating_and_a_finished_one_stays_completed() -> None:
    assert cells(a_pod({"phase": "Running"}, deletionTimestamp="x"))["Status"] == "Terminating"
    assert cells(a_pod({"phase": "Succeeded"}, deletionTimestamp="x"))["Status"] == "Succeeded"


def test_init_containers_show_how_far_they_are() -> None:
    obj = a_pod({"phase": "Pending", "initContainerStatuses": [container(running={})]})
    obj["spec"]["initContainers"] = [{"name": "a"}, {"name": "b"}]
    assert cells(obj)["Status"] == "Init:0/2"


def test_restarts_tell_when_the_last_one_was() -> None:
    restarted = {
        **container(3, ready=True, running={}),
        "lastState": {"terminated": {"finishedAt": Clock().timestamp()}},
    }
    assert cells(a_pod({"phase": "Running", "containerStatuses": [restarted]}), 65)["Restarts"] == "3 (65s ago)"


def test_pod_table_of_a_fresh_pod(bench: Bench) -> None:
    table = bench.api.table(POD, [bench.api.create(pod())])
    assert [column.name for column in table.columns if not column.wide] == [
        "Name",
        "Ready",
        "Status",
        "Restarts",
        "Age",
    ]
    assert table.rows[0].cells == ("web", "0/1", "Pending", "0", "0s", "<none>", "<none>", "<none>", "<none>")


def test_deployment_table(bench: Bench) -> None:
    row = bench.api.table(DEPLOYMENT, [bench.api.create(deployment(replicas=2))]).rows[0]
    assert row.cells == ("web", "0/2", "0", "0", "0s", "nginx", "nginx:1.27", "app=web")


@pytest.mark.parametrize(
    ("spec", "ip", "external", "ports"),
    [
        ({"clusterIP": "10.254.7.7"}, "10.254.7.7", "<none>", "80/TCP"),
        ({"type": "NodePort", "clusterIP": "10.254.7.7", "ports": [{"port": 80, "nodePort": 30080}]}, "10.254.7.7",
         "<none>", "80:30080/TCP"),
        ({"type": "LoadBalancer", "clusterIP": "10.254.7.7", "allocateLoadBalancerNodePorts": False}, "10.254.7.7",
         "<pending>", "80/TCP"),
        ({"type": "ExternalName", "externalName": "db.example.com", "ports": []}, "<none>", "db.example.com", "<none>"),
        ({"clusterIP": "None", "externalIPs": ["192.0.2.1"]}, "None", "192.0.2.1", "80/TCP"),
    ],
)  # fmt: skip
def test_service_table(bench: Bench, spec: dict[str, Any], ip: str, external: str, ports: str) -> None:
    row = cells(bench.api.create(service(**spec)))
    assert (row["Cluster-IP"], row["External-IP"], row["Port(s)"]) == (ip, external, ports)


def test_long_lists_of_endpoints_are_cut() -> None:
    addresses = [f"10.244.0.{number}" for number in range(1, 6)]
    subset = {"addresses": [{"ip": ip} for ip in addresses], "ports": [{"port": 80}]}
    obj = {"kind": "Endpoints", "metadata": BORN, "subsets": [subset]}
    assert cells(obj)["Endpoints"] == "10.244.0.1:80,10.244.0.2:80,10.244.0.3:80 + 2 more..."
    assert cells({**obj, "subsets": []})["Endpoints"] == "<none>"
    endpoints = [{"addresses": [ip]} for ip in addresses]
    sliced = {"kind": "EndpointSlice", "metadata": BORN, "addressType": "IPv4", "endpoints": endpoints, "ports": []}
    assert cells(sliced)["Endpoints"] == "10.244.0.1,10.244.0.2,10.244.0.3 + 2 more..."
    assert cells(sliced)["Ports"] == "<unset>"


def test_event_table_has_its_wide_columns_between() -> None:
    event = {
        "kind": "Event", "metadata": {**BORN, "name": "web.1"}, "involvedObject": {"kind": "Pod", "name": "web",
        "fieldPath": "spec.containers{nginx}"}, "type": "Normal", "reason": "Pulled", "message": "done\n", "count": 3,
        "source": {"component": "kubelet", "host": "node-1"}, "firstTimestamp": BORN["creationTimestamp"],
        "lastTimestamp": "2026-11-09T09:01:00Z",
    }  # fmt: skip
    assert cells(event, 100) == {
        "Last Seen": "40s", "Type": "Normal", "Reason": "Pulled", "Object": "pod/web",
        "Subobject": "spec.containers{nginx}", "Source": "kubelet, node-1", "Message": "done", "First Seen": "100s",
        "Count": "3", "Name": "web.1",
    }  # fmt: skip


def test_node_table() -> None:
    node = {
        "kind": "Node", "metadata": {**BORN, "labels": {"node-role.kubernetes.io/control-plane": ""}},
        "spec": {"unschedulable": True},
        "status": {"conditions": [{"type": "Ready", "status": "True"}], "nodeInfo": {"kubeletVersion": "v1.36.2"},
                   "addresses": [{"type": "InternalIP", "address": "192.0.2.1"}]},
    }  # fmt: skip
    row = cells(node)
    assert (row["Status"], row["Roles"], row["Version"]) == ("Ready,SchedulingDisabled", "control-plane", "v1.36.2")
    assert (row["Internal-IP"], row["External-IP"], row["OS-Image"]) == ("192.0.2.1", "<none>", "<unknown>")


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: str(resource.kind))
def test_every_kind_has_a_name_column(resource: Any) -> None:
    assert "Name" in {column.name for column in KINDS[resource.kind].columns}


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "<invalid>"), (-1, "0s"), (0, "0s"), (119, "119s"), (120, "2m"), (166, "2m46s"), (599, "9m59s"),
        (600, "10m"),
        (3 * 3600 - 1, "179m"), (3 * 3600, "3h"), (3 * 3600 + 60, "3h1m"), (8 * 3600, "8h"), (47 * 3600, "47h"),
        (48 * 3600, "2d"), (49 * 3600, "2d1h"), (14 * 86400, "14d"), (3 * 365 * 86400, "3y"),
        (3 * 365 * 86400 + 86400, "3y1d"), (9 * 365 * 86400, "9y"),
    ],
)  # fmt: skip
def test_ages(seconds: int, text: str) -> None:
    assert human_duration(seconds) == text
