"""Kubelets: from a bound Pod to running containers, their ends, their restarts, and their going."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.conftest import deployment, events_of, pod, pods_of, record, resource
from tutor.engine.cluster import Cluster
from tutor.engine.objects import Object, uid_of

POD = resource("Pod")


def stored(cluster: Cluster, name: str = "web") -> Object:
    return cluster.api.get(POD, name, "default")


def state(cluster: Cluster, name: str = "web") -> dict[str, Any]:
    found: dict[str, Any] = stored(cluster, name)["status"]["containerStatuses"][0]
    return found


def waiting_reason(one: Object) -> str:
    statuses = one["status"].get("containerStatuses") or [{"state": {}}]
    return str(statuses[0]["state"].get("waiting", {}).get("reason", ""))


def start(cluster: Cluster, **given: Any) -> Object:
    """Create a Pod and let the cluster settle."""
    cluster.api.create(pod(**given))
    assert cluster.settle()
    return stored(cluster)


def crashing(code: int = 3, **spec: Any) -> dict[str, Any]:
    return {"image": "busybox", "container": {"command": ["sh", "-c", f"echo hi; exit {code}"]}, **spec}


def test_a_learner_sees_pending_then_creating_then_running(cluster: Cluster) -> None:
    seen = record(cluster, "Pod", lambda one: (one["status"]["phase"], waiting_reason(one)))
    start(cluster)
    assert seen == [("Pending", ""), ("Pending", "ContainerCreating"), ("Running", "")]


def test_no_version_is_written_in_vain(cluster: Cluster) -> None:
    """Created, bound, being created, running: four versions and no more."""
    changes: list[str] = []
    cluster.store.subscribe(lambda change: changes.append(change.type) if change.kind == "Pod" else None)
    start(cluster)
    assert changes == ["ADDED", "MODIFIED", "MODIFIED", "MODIFIED"]


def test_the_status_of_a_running_pod(cluster: Cluster) -> None:
    one = start(cluster)
    status, (container,) = one["status"], one["status"]["containerStatuses"]
    node = one["spec"]["nodeName"]
    number = node.removeprefix("node-")
    assert status["podIP"].startswith(f"10.244.{number}.")
    assert status["podIPs"] == [{"ip": status["podIP"]}]
    assert status["hostIP"] == f"192.0.2.1{number}"
    assert (status["phase"], status["qosClass"]) == ("Running", "BestEffort")
    assert status["startTime"] >= one["metadata"]["creationTimestamp"]
    assert [(each["type"], each["status"]) for each in status["conditions"]] == [
        ("PodReadyToStartContainers", "True"),
        ("Initialized", "True"),
        ("Ready", "True"),
        ("ContainersReady", "True"),
        ("PodScheduled", "True"),
    ]
    assert (container["ready"], container["started"], container["restartCount"]) == (True, True, 0)
    assert container["image"] == "docker.io/library/nginx:1.27"
    assert container["imageID"].startswith("docker.io/library/nginx@sha256:")
    assert len(container["containerID"]) == len("containerd://") + 64
    assert set(container["state"]) == {"running"}


def test_the_events_of_a_start(cluster: Cluster) -> None:
    one = start(cluster)
    events = events_of(cluster, "web")
    assert [reason for reason, _ in events] == ["Scheduled", "Pulling", "Pulled", "Created", "Started"]
    assert events[0][1] == f"Successfully assigned default/web to {one['spec']['nodeName']}"
    assert events[1][1] == 'Pulling image "nginx:1.27"'
    assert events[2][1].startswith('Successfully pulled image "nginx:1.27" in 3.')
    assert events[2][1].endswith("s including waiting). Image size: 72188133 bytes.")
    assert [message for _, message in events[3:]] == ["Container created", "Container started"]
    (event,) = [each for each in cluster.store.list("Event", "default") if each["reason"] == "Started"]
    assert event["involvedObject"]["fieldPath"] == "spec.containers{main}"
    assert event["source"] == {"component": "kubelet", "host": one["spec"]["nodeName"]}


def test_an_image_is_pulled_once_a_node(cluster: Cluster) -> None:
    start(cluster, name="web", nodeName="node-1")
    before = cluster.clock.now
    cluster.api.create(pod("again", nodeName="node-1"))
    cluster.settle()
    assert cluster.clock.now - before < 1
    message = 'Container image "nginx:1.27" already present on machine and can be accessed by the pod'
    assert ("Pulled", message) in events_of(cluster, "again")


@pytest.mark.parametrize(
    ("image", "why"),
    [
        (
            "ngnix:1.27",
            'rpc error: code = Unknown desc = failed to pull and unpack image "docker.io/library/ngnix:1.27": '
            'failed to resolve reference "docker.io/library/ngnix:1.27": pull access denied, repository does not exist '
            "or may require authorization: server message: insufficient_scope: authorization failed",
        ),
        (
            "busybox:9",
            'rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/busybox:9": '
            'failed to resolve reference "docker.io/library/busybox:9": docker.io/library/busybox:9: not found',
        ),
    ],
)
def test_an_image_that_cannot_be_had_backs_off(cluster: Cluster, image: str, why: str) -> None:
    seen = record(cluster, "Pod", waiting_reason)
    one = start(cluster, image=image)
    assert seen == ["", "ContainerCreating", "ErrImagePull", "ImagePullBackOff"]
    assert one["status"]["phase"] == "Pending"
    assert one["status"]["podIP"]
    assert events_of(cluster, "web")[2:] == [
        ("Failed", f'Failed to pull image "{image}": {why}'),
        ("Failed", "Error: ErrImagePull"),
        ("BackOff", f'Back-off pulling image "{image}"'),
        ("Failed", "Error: ImagePullBackOff"),
    ]
    cluster.advance(60)
    assert seen[4:6] == ["ErrImagePull", "ImagePullBackOff"]


def test_a_mended_image_is_pulled_at_once(cluster: Cluster) -> None:
    start(cluster, image="ngnix:1.27")
    cluster.advance(200)
    before = cluster.clock.now
    change = {"spec": {"containers": [{"name": "main", "image": "nginx:1.27"}]}}
    cluster.api.patch(POD, "web", "default", change, "strategic")
    cluster.settle()
    assert stored(cluster)["status"]["phase"] == "Running"
    assert cluster.clock.now - before < 6
    cluster.advance(600)
    assert state(cluster)["restartCount"] == 0


def test_a_changed_image_restarts_the_container(cluster: Cluster) -> None:
    start(cluster)
    change = {"spec": {"containers": [{"name": "main", "image": "nginx:1.28"}]}}
    cluster.api.patch(POD, "web", "default", change, "strategic")
    cluster.settle()
    assert state(cluster)["image"] == "docker.io/library/nginx:1.28"
    assert state(cluster)["restartCount"] == 1
    assert ("Killing", "Container main definition changed, will be restarted") in events_of(cluster, "web")


def test_a_crashing_container_restarts_ever_more_slowly(cluster: Cluster) -> None:
    """10 s, 20 s, 40 s … to 5 min; settling does not wait for them."""
    waits: list[str] = []

    def listen(_change: object) -> None:
        message = state(cluster)["state"].get("waiting", {}).get("message", "") if pods_of(cluster) else ""
        if message.startswith("back-off") and (not waits or waits[-1] != message.split()[1]):
            waits.append(message.split()[1])

    cluster.api.create(pod(**crashing()))
    cluster.settle()
    cluster.store.subscribe(listen)
    assert state(cluster)["state"]["waiting"]["reason"] == "CrashLoopBackOff"
    assert state(cluster)["lastState"]["terminated"]["exitCode"] == 3
    assert state(cluster)["restartCount"] == 1
    cluster.advance(1200)
    assert waits == ["10s", "20s", "40s", "1m20s", "2m40s", "5m0s"]
    assert stored(cluster)["status"]["phase"] == "Running"


def test_logs_are_kept_by_run_and_die_with_the_pod(cluster: Cluster) -> None:
    uid = uid_of(start(cluster, **crashing()))
    for restart in (0, 1):
        assert [line.text for line in cluster.logs.read((uid, "main", restart))] == ["hi"]
    cluster.api.delete(POD, "web", "default")
    cluster.settle()
    assert cluster.logs.read((uid, "main", 0)) == []


@pytest.mark.parametrize(
    ("code", "policy", "phase", "reason"),
    [
        (0, "Never", "Succeeded", "Completed"),
        (3, "Never", "Failed", "Error"),
        (0, "OnFailure", "Succeeded", "Completed"),
    ],
)
def test_a_container_that_is_not_to_restart_stays_ended(
    cluster: Cluster, code: int, policy: str, phase: str, reason: str
) -> None:
    one = start(cluster, **crashing(code, restartPolicy=policy))
    ended = state(cluster)["state"]["terminated"]
    assert (one["status"]["phase"], ended["reason"], ended["exitCode"]) == (phase, reason, code)
    assert not any(each["status"] == "True" for each in one["status"]["conditions"] if each["type"] == "Ready")


def test_a_shell_without_a_terminal_ends_at_once(cluster: Cluster) -> None:
    one = start(cluster, image="busybox", restartPolicy="Never")
    assert one["status"]["phase"] == "Succeeded"


def test_a_shell_with_a_terminal_lives_until_its_user_leaves(cluster: Cluster) -> None:
    shell = {"stdin": True, "tty": True, "command": ["sh"]}
    one = start(cluster, image="busybox", container=shell, restartPolicy="Never")
    cluster.advance(10_000)
    assert stored(cluster)["status"]["phase"] == "Running"
    cluster.exit_container(uid_of(one), "main", 130)
    cluster.settle()
    assert stored(cluster)["status"]["phase"] == "Failed"
    assert state(cluster)["state"]["terminated"]["exitCode"] == 130
    cluster.exit_container(uid_of(one), "main", 0)
    cluster.exit_container("nobody", "main", 0)


def test_a_command_the_engine_cannot_read_is_offered_to_the_shell(cluster: Cluster) -> None:
    offered: list[tuple[str, ...]] = []

    class Shell:
        def start(self, one: Object, container: str, command: tuple[str, ...]) -> bool:
            offered.append(command)
            return True

    cluster.attach(cluster.core.files, Shell())
    script = "for i in 1 2 3; do echo $i; done"
    one = start(cluster, image="busybox", container={"command": ["sh", "-c", script]}, restartPolicy="Never")
    assert offered == [("sh", "-c", script)]
    assert one["status"]["phase"] == "Running"
    cluster.exit_container(uid_of(one), "main", 0)
    assert stored(cluster)["status"]["phase"] == "Succeeded"


def test_a_server_stops_when_told_to_and_says_so(cluster: Cluster) -> None:
    start(cluster)
    before = cluster.clock.now
    seen = record(cluster, "Pod", lambda one: (one["status"]["phase"], "deletionTimestamp" in one["metadata"]))
    cluster.api.delete(POD, "web", "default")
    cluster.settle()
    assert not pods_of(cluster)
    assert cluster.clock.now - before < 1
    assert seen[0] == ("Running", True)
    assert ("Killing", "Stopping container main") in events_of(cluster, "web")


@pytest.mark.parametrize(
    ("command", "seconds"), [(["sleep", "3600"], 30), (["sh", "-c", "while true; do sleep 5; done"], 30)]
)
def test_sleep_and_shells_ignore_the_signal_and_take_the_whole_grace_period(
    cluster: Cluster, command: list[str], seconds: float
) -> None:
    start(cluster, image="busybox", container={"command": command})
    before = cluster.clock.now
    cluster.api.delete(POD, "web", "default")
    cluster.settle()
    assert cluster.clock.now - before == pytest.approx(seconds)


def test_a_second_deletion_may_shorten_the_grace_period(cluster: Cluster) -> None:
    start(cluster, image="busybox", container={"command": ["sleep", "infinity"]})
    before = cluster.clock.now
    cluster.api.delete(POD, "web", "default")
    cluster.advance(2)
    cluster.api.delete(POD, "web", "default", grace=1)
    cluster.settle()
    assert cluster.clock.now - before < 4
    cluster.api.create(pod())
    cluster.api.delete(POD, "web", "default", grace=0)
    assert not pods_of(cluster)
    assert cluster.settle()


def test_a_pod_that_never_got_its_image_goes_at_once(cluster: Cluster) -> None:
    start(cluster, image="ngnix:1.27")
    before = cluster.clock.now
    cluster.api.delete(POD, "web", "default")
    cluster.settle()
    assert not pods_of(cluster)
    assert cluster.clock.now == before


def test_addresses_are_unique_and_not_handed_out_again_at_once(cluster: Cluster) -> None:
    used = []
    for _ in range(5):
        one = start(cluster, nodeName="node-1")
        used.append(one["status"]["podIP"])
        cluster.api.delete(POD, "web", "default")
        cluster.settle()
    assert len(set(used)) == 5


def test_a_node_can_hold_more_pods_than_its_range(cluster: Cluster) -> None:
    cluster.api.create(deployment(replicas=900))
    assert cluster.settle()
    addresses = {one["status"]["podIP"] for one in pods_of(cluster)}
    assert len(addresses) == 900
    assert not any(address.startswith("10.254.") for address in addresses)


def test_a_host_network_pod_has_the_address_of_its_node(cluster: Cluster) -> None:
    one = start(cluster, hostNetwork=True, nodeName="node-2")
    assert one["status"]["podIP"] == one["status"]["hostIP"] == "192.0.2.12"


def test_init_containers_run_one_after_another_before_the_rest(cluster: Cluster) -> None:
    first = {"name": "first", "image": "busybox", "command": ["sleep", "5"]}
    second = {"name": "second", "image": "busybox", "command": ["true"]}
    cluster.api.create(pod(initContainers=[first, second]))
    cluster.advance(3)
    status = stored(cluster)["status"]
    assert [set(each["state"]) for each in status["initContainerStatuses"]] == [{"running"}, {"waiting"}]
    assert waiting_reason(stored(cluster)) == "PodInitializing"
    assert not {"True"} & {each["status"] for each in status["conditions"] if each["type"] == "Initialized"}
    cluster.settle()
    status = stored(cluster)["status"]
    assert [each["state"]["terminated"]["exitCode"] for each in status["initContainerStatuses"]] == [0, 0]
    assert status["phase"] == "Running"


def test_a_pod_is_ready_when_all_its_containers_are(cluster: Cluster) -> None:
    sidecar = {"name": "side", "image": "busybox", "command": ["sh", "-c", "exit 1"]}
    manifest = pod()
    manifest["spec"]["containers"].append(sidecar)
    cluster.api.create(manifest)
    cluster.settle()
    ready = [each for each in stored(cluster)["status"]["conditions"] if each["type"] == "Ready"]
    assert ready[0]["message"] == "containers with unready status: [side]"
    assert ready[0]["reason"] == "ContainersNotReady"
