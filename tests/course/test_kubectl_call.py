"""However a kubectl command is written, it is read as the same call."""

import shlex

import pytest

from tutor.course.conditions.kubectl_call import read_call


@pytest.mark.parametrize(
    "line",
    [
        "kubectl get services -o wide",
        "kubectl get svc -owide",
        "k get service -o=wide",
        "kubectl get svc --output=wide",
        "kubectl -o wide get svc",
        "kubectl get svc/nginx --output wide",
        "kubectl get pods,svc -o wide",
        "/usr/local/bin/kubectl get svc -o wide",
        "kubectl get all -o wide",
    ],
)
def test_however_it_is_written_it_is_the_same_call(line: str) -> None:
    call = read_call(shlex.split(line))
    assert call is not None
    assert call.verb == "get"
    assert "services" in call.resources
    assert call.has_flag("output", "wide")


@pytest.mark.parametrize(
    ("line", "verb", "resources", "names"),
    [
        ("kubectl delete pod a b --now", "delete", {"pods"}, {"a", "b"}),
        ("kubectl delete pod/a svc/b", "delete", {"pods", "services"}, {"a", "b"}),
        ("kubectl exec -it web-1 -- curl -s http://x", "exec", {"pods"}, {"web-1"}),
        ("kubectl exec deploy/web -c nginx -- ls", "exec", {"deployments"}, {"web"}),
        ("kubectl logs -f web-1", "logs", {"pods"}, {"web-1"}),
        ("kubectl create service clusterip web --tcp=80", "create", {"services"}, {"clusterip", "web"}),
        ("kubectl set image deployment/web nginx=nginx:1.27", "set", {"deployments"}, {"web"}),
        ("kubectl rollout restart deployment web", "rollout", {"deployments"}, {"web"}),
        ("kubectl drain node-1 --ignore-daemonsets --delete-emptydir-data", "drain", {"nodes"}, {"node-1"}),
        ("kubectl cordon node/node-1 node-2", "cordon", {"nodes"}, {"node-1", "node-2"}),
        ("kubectl drain --force --disable-eviction node-1", "drain", {"nodes"}, {"node-1"}),
        ("kubectl taint no node-1 a=b:NoSchedule c:NoExecute- d-", "taint", {"nodes"}, {"node-1"}),
        ("kubectl apply -f x.yaml", "apply", set(), set()),
        ("kubectl run tmp -it --rm --image=ubuntu -- bash", "run", set(), set()),
    ],
)
def test_what_a_call_is_about(line: str, verb: str, resources: set[str], names: set[str]) -> None:
    call = read_call(shlex.split(line))
    assert call is not None
    assert (call.verb, call.resources, call.names) == (verb, frozenset(resources), frozenset(names))


@pytest.mark.parametrize("line", ["curl http://x", "kubectl", "kubectl --help", "echo kubectl get pods"])
def test_what_is_no_call(line: str) -> None:
    assert read_call(shlex.split(line)) is None


def test_switches_and_values() -> None:
    call = read_call(["kubectl", "get", "pods", "-A", "--show-labels", "-l", "app=web", "--watch=false", "-n", "shop"])
    assert call is not None
    assert call.has_flag("all-namespaces", True)
    assert call.has_flag("show-labels", True)
    assert call.has_flag("watch", False)
    assert call.has_flag("selector", "app=web")
    assert call.namespace == "shop"
