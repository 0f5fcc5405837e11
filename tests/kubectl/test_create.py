"""`kubectl create`: the objects it makes of flags, as the real tool prints them (v1.32.4, --dry-run=client)."""

from __future__ import annotations

import pytest

from tests.kubectl.conftest import Kubectl

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  creationTimestamp: null
  labels:
    app: web
  name: web
spec:
  replicas: 1
  selector:
    matchLabels:
      app: web
  strategy: {}
  template:
    metadata:
      creationTimestamp: null
      labels:
        app: web
    spec:
      containers:
      - image: nginx
        name: nginx
        resources: {}
status: {}
"""
PORTS = """\
  ports:
  - name: "80"
    port: 80
    protocol: TCP
    targetPort: 80
  - name: 443-https
    port: 443
    protocol: TCP
    targetPort: https
"""
CONFIG_MAP = """\
apiVersion: v1
data:
  a: b
  c: "1"
kind: ConfigMap
metadata:
  creationTimestamp: null
  name: foo
"""


async def test_a_deployment_dry_run_shows_what_go_would_send(kubectl: Kubectl) -> None:
    assert (await kubectl("create deployment web --image=nginx --dry-run=client -o yaml")).stdout == DEPLOYMENT


async def test_service_ports_are_named_after_their_words(kubectl: Kubectl) -> None:
    result = await kubectl("create svc clusterip x --tcp=80 --tcp=443:https --dry-run=client -o yaml")
    assert PORTS in result.stdout


async def test_a_config_map_dry_run(kubectl: Kubectl) -> None:
    result = await kubectl("create cm foo --from-literal=a=b --from-literal=c=1 --dry-run=client -o yaml")
    assert result.stdout == CONFIG_MAP


async def test_a_config_map_of_files_folders_and_env_files(kubectl: Kubectl) -> None:
    kubectl.files.write("conf/a.txt", "one")
    kubectl.files.write("conf/b.txt", "two")
    kubectl.files.write("vars.env", "# comment\nX=1\n\nY=a=b\n")
    await kubectl("create cm files --from-file=conf --from-file=named=conf/a.txt")
    await kubectl("create cm vars --from-env-file=vars.env")
    store = kubectl.cluster.store
    files, variables = store.get("ConfigMap", "default", "files"), store.get("ConfigMap", "default", "vars")
    assert files is not None
    assert files["data"] == {"a.txt": "one", "b.txt": "two", "named": "one"}
    assert variables is not None
    assert variables["data"] == {"X": "1", "Y": "a=b"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("deployment web", 'required flag(s) "image" not set'),
        (
            "deployment --image=x",
            "exactly one NAME is required, got 0\nSee 'kubectl create deployment -h' for help and examples",
        ),
        ("deployment a --image=x --image=y -- sh", "cannot specify multiple --image options and command"),
        ("cm foo --from-literal=a", "invalid literal source a, expected key=value"),
        ("cm foo --from-file=nofile", "error reading nofile: no such file or directory"),
        ("svc clusterip x", "at least one tcp port specifier must be provided"),
        ("svc clusterip x --tcp=foo", 'strconv.ParseUint: parsing "foo": invalid syntax'),
        ("svc clusterip x --tcp=99999", 'strconv.ParseUint: parsing "99999": value out of range'),
        ("svc externalname x", 'required flag(s) "external-name" not set'),
        ("foo", "Unexpected args: [foo]\nSee 'kubectl create -h' for help and examples"),
        ("", "must specify one of -f and -k"),
        (
            "job x --image=y",
            "Jobs are not simulated; the nearest that works is 'kubectl run NAME --image=IMAGE --restart=Never'",
        ),
    ],
)
async def test_slips(kubectl: Kubectl, line: str, message: str) -> None:
    result = await kubectl(f"create {line}")
    assert (result.stderr, result.rc) == (f"error: {message}\n", 1)


async def test_container_names_are_made_of_image_names(kubectl: Kubectl) -> None:
    await kubectl("create deployment a --image=registry.k8s.io/e2e/serve_hostname:1.0 --replicas=0")
    deployment = kubectl.cluster.store.get("Deployment", "default", "a")
    assert deployment is not None
    name = deployment["spec"]["template"]["spec"]["containers"][0]["name"]
    assert name.startswith("serve-hostname-")
    assert len(name) == len("serve-hostname-") + 5


async def test_every_object_of_a_file_has_its_turn(kubectl: Kubectl) -> None:
    text = "\n---\n".join(
        f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}" for name in ("kube-root-ca.crt", "b", "c")
    )
    result = await kubectl("create -f -", stdin=text)
    assert result.stdout == "configmap/b created\nconfigmap/c created\n"
    assert result.stderr == (
        'Error from server (AlreadyExists): error when creating "STDIN": configmaps "kube-root-ca.crt" already exists\n'
    )
    assert result.rc == 1


async def test_a_service_account(kubectl: Kubectl) -> None:
    assert (await kubectl("create sa robot")).stdout == "serviceaccount/robot created\n"
    again = await kubectl("create serviceaccount robot")
    assert again.stderr == 'error: failed to create serviceaccount: serviceaccounts "robot" already exists\n'
    made = await kubectl('run x --image=nginx --overrides=\'{"spec":{"serviceAccountName":"robot"}}\'')
    assert made.rc == 0


@pytest.mark.parametrize(
    ("flag", "stderr"),
    [
        ("--from-file==c.txt", "key name for file path c.txt missing"),
        ("--from-file=k=", "file path for key name k missing"),
        ("--from-env-file=bad.env",
         '"1B" is not a valid key name: a valid environment variable name must consist of alphabetic characters, '
         "digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or "
         "'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')"),
    ],
)  # fmt: skip
async def test_slips_of_config_maps(kubectl: Kubectl, flag: str, stderr: str) -> None:
    kubectl.files.write("bad.env", "1B=x\n")
    assert (await kubectl(f"create cm settings {flag}")).stderr == f"error: {stderr}\n"


async def test_quotes_of_a_literal_stay(kubectl: Kubectl) -> None:
    text = (await kubectl("""create cm settings --from-literal='a="b"' -o jsonpath={.data.a}""")).stdout
    assert text == '"b"'
