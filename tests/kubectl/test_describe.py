"""`kubectl describe`: the layout of kubectl's describe.go."""

from __future__ import annotations

import re

from tests.kubectl.conftest import Kubectl
from tutor.kubectl.printers.tabwriter import align

POD = """
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web, tier: front}, annotations: {note: hello}}
spec:
  containers:
  - name: nginx
    image: nginx:1.27
    command: [nginx, -g, daemon off;]
    ports: [{containerPort: 80}, {containerPort: 443}]
    env: [{name: A, value: "1"}, {name: ME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]
    resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {memory: 128Mi}}
    readinessProbe: {httpGet: {path: /ok, port: 80}}
"""


def test_align_ends_a_column_where_a_line_lacks_it() -> None:
    text = "Name:\tweb\nContainers:\n  nginx:\n    Image:\tnginx\n    Port:\t80/TCP\n"
    assert align(text) == "Name:  web\nContainers:\n  nginx:\n    Image:  nginx\n    Port:   80/TCP\n"


async def test_pod(kubectl: Kubectl) -> None:
    await kubectl.apply(POD)
    text = (await kubectl("describe pod web")).stdout
    assert re.sub(r" +", " ", text).startswith(
        "Name: web\nNamespace: default\nPriority: 0\nService Account: default\nNode: node-"
    )
    for lines in (
        "Labels:           app=web\n                  tier=front\n",
        "Annotations:      note: hello\n",
        "    Ports:         80/TCP, 443/TCP\n    Host Ports:    0/TCP, 0/TCP\n",
        "    Command:\n      nginx\n      -g\n      daemon off;\n",
        "    Limits:\n      memory:  128Mi\n    Requests:\n      cpu:      100m\n      memory:   64Mi\n",
        "    Readiness:      http-get http://:80/ok delay=0s timeout=1s period=10s #success=1 #failure=3\n",
        "    Environment:\n      A:   1\n      ME:  web (v1:metadata.name)\n",
        "Conditions:\n  Type                        Status\n",
        "default-scheduler  Successfully assigned default/web to node-",
    ):
        assert re.sub(r":  +", ": ", lines) in re.sub(r":  +", ": ", text), lines


async def test_name_prefix(kubectl: Kubectl) -> None:
    await kubectl("create deployment web --image=nginx:1.27 --replicas=2")
    text = (await kubectl("describe pod web")).stdout
    assert len(re.findall(r"^Name:", text, re.MULTILINE)) == 2
    result = await kubectl("describe pod nope")
    assert result.stderr == 'Error from server (NotFound): pods "nope" not found\n'


async def test_deployment_names_its_replica_sets(kubectl: Kubectl) -> None:
    await kubectl("create deployment web --image=nginx:1.27")
    first = (await kubectl("get rs -o jsonpath={.items[0].metadata.name}")).stdout
    await kubectl("set image deployment/web nginx=nginx:1.28")
    text = (await kubectl("describe deploy web")).stdout
    assert f"OldReplicaSets:  {first} (0/0 replicas created)\n" in text
    assert re.search(r"^NewReplicaSet:   web-\w+ \(1/1 replicas created\)$", text, re.MULTILINE)
    assert "Replicas:               1 desired | 1 updated | 1 total | 1 available | 0 unavailable\n" in text
    assert "Pod Template:\n  Labels:  app=web\n  Containers:\n   nginx:\n    Image:         nginx:1.28\n" in text
    rs = (await kubectl(f"describe rs {first}")).stdout
    assert "Controlled By:  Deployment/web\n" in rs
    assert "Pods Status:    0 Running / 0 Waiting / 0 Succeeded / 0 Failed\n" in rs


async def test_objects_are_two_lines_apart(kubectl: Kubectl) -> None:
    text = (await kubectl("describe ns default kube-system")).stdout
    assert "\nNo LimitRange resource.\n\n\nName:         kube-system\n" in text


async def test_node_sums_up_what_its_pods_ask_for(kubectl: Kubectl) -> None:
    text = (await kubectl("describe node node-1")).stdout
    assert re.search(r"^  kube-system +coredns-\S+ +100m \(2%\)", text, re.MULTILINE)
    assert "Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n" in text


async def test_endpoints_and_slice(kubectl: Kubectl) -> None:
    await kubectl("run web --image=nginx:1.27")
    await kubectl("expose pod web --port=80 --name=web")
    result = await kubectl("describe ep web")
    assert "Subsets:\n  Addresses:          10.244." in result.stdout
    assert (
        "    Name     Port  Protocol\n    ----     ----  --------\n    <unset>  80    TCP\n\nEvents:" in result.stdout
    )
    assert result.stderr.startswith("Warning: v1 Endpoints is deprecated")
    text = (await kubectl("describe endpointslice -l kubernetes.io/service-name=web")).stdout
    assert "    TargetRef:  Pod/web\n" in text


async def test_config_map(kubectl: Kubectl) -> None:
    await kubectl("create configmap settings --from-literal=color=blue")
    text = (await kubectl("describe cm settings")).stdout
    assert text == (
        "Name:         settings\nNamespace:    default\nLabels:       <none>\nAnnotations:  <none>\n"
        "\nData\n====\ncolor:\n----\nblue\n\n\nBinaryData\n====\n\nEvents:  <none>\n"
    )


async def test_network_policy(kubectl: Kubectl) -> None:
    await kubectl.apply("""
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress]
  ingress:
  - from: [{podSelector: {matchLabels: {role: client}}}]
    ports: [{port: 80}]
""")
    text = (await kubectl("describe netpol web")).stdout
    assert text.endswith(
        "Spec:\n  PodSelector:     app=web\n  Allowing ingress traffic:\n    To Port: 80/TCP\n    From:\n"
        "      PodSelector: role=client\n  Not affecting egress traffic\n  Policy Types: Ingress\n"
    )


async def test_kind_without_description_of_its_own_shows_its_fields(kubectl: Kubectl) -> None:
    await kubectl.apply(POD)
    text = (await kubectl("describe events")).stdout
    assert "\nAPI Version:" in text
    assert re.search(r"^  Creation Timestamp:", text, re.MULTILINE)
    assert re.search(r"^  Resource Version:", text, re.MULTILINE)


async def test_old_replica_sets_come_by_age(kubectl: Kubectl) -> None:
    await kubectl("create deployment web --image=nginx")
    for number in range(5):
        await kubectl(f"set image deploy/web nginx=nginx:1.2{number}")
        kubectl.cluster.advance(5)
    listed = (await kubectl("get rs --sort-by=.metadata.creationTimestamp -o name")).stdout.split()
    names = [name.removeprefix("replicaset.apps/") for name in listed]
    (line,) = [line for line in (await kubectl("describe deploy web")).stdout.splitlines() if "OldReplicaSets" in line]
    assert re.findall(r"web-\w+", line) == names[:-1]
