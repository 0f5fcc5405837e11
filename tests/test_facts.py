"""What a cluster does, one situation a test, seen as a learner would: commands typed into shells, and their traces."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any

import pytest

from tutor.engine.network.trace import Trace
from tutor.engine.objects import Object
from tutor.shell.simulation import Simulation
from tutor.shell.terminal import CommandResult

WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: nginx
        image: nginx:1.27
        ports: [{name: http, containerPort: 80}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80}]
"""


class World:
    """A simulation to type into: `await world("kubectl get svc")` types, lets the cluster settle, and answers."""

    def __init__(self, seed: int = 1) -> None:
        self.simulation = Simulation(seed=seed, apart=True)
        self.cluster = self.simulation.cluster

    async def __call__(self, line: str) -> CommandResult:
        result = await self.simulation.terminal.submit(line)
        assert result is not None, "the input is incomplete"
        await self.simulation.settle()
        return result

    async def done(self, line: str) -> str:
        """Type what has to succeed; what it printed."""
        result = await self(line)
        assert result.exit_code == 0, result.output
        return result.stdout

    async def apply(self, text: str) -> None:
        """Apply a manifest."""
        self.simulation.write_file("manifest.yaml", text)
        await self.done("kubectl apply -f manifest.yaml")

    async def web(self) -> None:
        """Three nginx Pods behind the Service `web`, and a Pod `client` with curl, dig and nslookup."""
        await self.apply(WEB)
        await self.client()

    async def client(self, name: str = "client", namespace: str = "default") -> None:
        """A Pod to ask from; everything it needs is in its image."""
        image = "registry.k8s.io/e2e-test-images/agnhost:2.40"
        await self.done(f"kubectl -n {namespace} run {name} --image={image}")

    async def inside(self, command: str, client: str = "client", namespace: str = "default") -> CommandResult:
        """Type a command into a shell of that Pod."""
        return await self(f"kubectl -n {namespace} exec {client} -- {command}")

    async def curl(self, url: str, *options: str, client: str = "client") -> tuple[CommandResult, Trace]:
        """Ask from that Pod; curl's answer, and the trace of it."""
        result = await self.inside(f"curl -sS {' '.join(options)} {url}", client)
        return result, self.traces()[-1]

    def traces(self) -> list[Trace]:
        return self.cluster.network.log.all()

    def ip(self, service: str = "web") -> str:
        address: str = self.object("Service", service)["spec"]["clusterIP"]
        return address

    def object(self, kind: str, name: str, namespace: str = "default") -> Object:
        found = self.cluster.store.get(kind, namespace, name)
        assert found is not None
        return found

    def pods(self, app: str = "web") -> list[Object]:
        return self.cluster.store.select("Pod", "default", {"app": app})

    def endpoints(self, service: str = "web") -> dict[str, dict[str, bool]]:
        """Conditions by Pod name, out of all slices of a Service."""
        return {
            endpoint["targetRef"]["name"]: endpoint["conditions"]
            for each in self.slices(service)
            for endpoint in each["endpoints"] or ()
        }

    def slices(self, service: str = "web") -> list[Object]:
        return self.cluster.store.select("EndpointSlice", "default", {"kubernetes.io/service-name": service})


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World()
    yield made
    await made.simulation.close()


def name_of(pod: Object) -> str:
    name: str = pod["metadata"]["name"]
    return name


async def test_a_name_nobody_has_is_nxdomain_after_the_search_list(world: World) -> None:
    await world.web()
    result, trace = await world.curl("http://nobody")
    assert (result.exit_code, result.stderr.splitlines()[0]) == (6, "curl: (6) Could not resolve host: nobody")
    assert trace.outcome == "nxdomain"
    assert [(question.name, question.rcode) for question in trace.questions] == [
        ("nobody.default.svc.cluster.local", "NXDOMAIN"),
        ("nobody.svc.cluster.local", "NXDOMAIN"),
        ("nobody.cluster.local", "NXDOMAIN"),
        ("nobody", "NXDOMAIN"),
    ]


async def test_a_service_with_no_ready_endpoints_refuses_at_once(world: World) -> None:
    await world.web()
    await world.done("kubectl scale deployment web --replicas=0")
    result, trace = await world.curl("http://web")
    assert result.exit_code == 7
    assert result.stderr.startswith("curl: (7) Failed to connect to web port 80 after ")
    assert (trace.outcome, trace.why, trace.backend) == ("refused", "no ready endpoints", None)
    assert trace.milliseconds < 100


async def test_endpoints_that_listen_nowhere_refuse_themselves(world: World) -> None:
    await world.web()
    await world.done("kubectl expose deployment web --name wrongport --port 80 --target-port 8080")
    result, trace = await world.curl("http://wrongport")
    assert result.exit_code == 7
    assert trace.outcome == "refused"
    assert trace.backend is not None
    assert trace.backend.pod in {name_of(pod) for pod in world.pods()}
    assert trace.backend.port == 8080
    assert trace.milliseconds < 100


@pytest.mark.parametrize("where", ["port", "address"])
async def test_nothing_answers_on_another_port_or_at_nobodys_address(world: World, where: str) -> None:
    await world.web()
    url = "http://web:8080" if where == "port" else "http://10.254.99.99"
    result, trace = await world.curl(url)
    assert result.exit_code == 28
    assert result.stderr.startswith("curl: (28) Failed to connect to ")
    assert trace.outcome == "timeout"
    assert trace.milliseconds > 100_000, "the kernel gives up before curl does"
    assert (trace.service is not None and trace.service.port is None) == (where == "port")


async def test_a_network_policy_makes_a_time_out_not_a_refusal(world: World) -> None:
    await world.web()
    await world.client("friend")
    await world.done("kubectl label pod friend role=friend")
    result, trace = await world.curl("http://web")
    assert (result.exit_code, trace.outcome) == (0, "ok")
    await world.apply("""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: friends}
        spec:
          podSelector: {matchLabels: {app: web}}
          ingress: [{from: [{podSelector: {matchLabels: {role: friend}}}]}]
        """)
    result, trace = await world.curl("http://web", "-m 2")
    assert (result.exit_code, trace.outcome) == (28, "timeout")
    assert "friends" in trace.why
    result, trace = await world.curl("http://web", client="friend")
    assert (result.exit_code, trace.outcome) == (0, "ok")
    await world.done("kubectl label pod friend role-")
    result, trace = await world.curl("http://web", "-m 2", client="friend")
    assert (result.exit_code, trace.outcome) == (28, "timeout")
    await world.done("kubectl delete networkpolicy friends")
    result, trace = await world.curl("http://web")
    assert (result.exit_code, trace.outcome) == (0, "ok")


async def test_a_cluster_ip_does_not_answer_ping_a_pod_does(world: World) -> None:
    await world.apply(WEB)
    await world.done("kubectl run client --image=busybox -- sleep infinity")
    silent = await world.inside(f"ping -c 2 {world.ip()}")
    assert silent.exit_code == 1
    assert "2 packets transmitted, 0 packets received, 100% packet loss" in silent.stdout
    assert (world.traces()[-1].protocol, world.traces()[-1].outcome) == ("ICMP", "timeout")
    answered = await world.inside(f"ping -c 2 {world.pods()[0]['status']['podIP']}")
    assert answered.exit_code == 0
    assert "2 packets transmitted, 2 packets received, 0% packet loss" in answered.stdout


async def test_the_laptop_has_no_way_in_but_port_forward_which_reaches_one_pod(world: World) -> None:
    await world.apply(WEB)
    by_name = await world("curl -sS http://web")
    assert (by_name.exit_code, world.traces()[-1].outcome) == (6, "nxdomain")
    by_address = await world(f"curl -sS -m 3 http://{world.ip()}")
    assert (by_address.exit_code, world.traces()[-1].outcome) == (28, "timeout")
    await world.done("kubectl port-forward service/web 8080:80 &")
    before = len(world.traces())
    await world.done("for i in 1 2 3 4 5 6 7 8; do curl -sS -o /dev/null http://localhost:8080; done")
    forwarded = [trace for trace in world.traces()[before:] if trace.outcome == "ok"]
    assert len(forwarded) == 8
    logs = {name_of(pod): await world.done(f"kubectl logs {name_of(pod)}") for pod in world.pods()}
    assert sorted(log.count('"GET / HTTP/1.1" 200') for log in logs.values()) == [0, 0, 8]


async def test_which_pod_answers_is_chance_seeded_and_never_round_robin(world: World) -> None:
    async def chosen(seed: int) -> list[int]:
        one = World(seed)
        await one.web()
        await one.inside("sh -c 'for i in $(seq 60); do curl -s -o /dev/null http://web; done'")
        pods = [name_of(pod) for pod in one.pods()]
        backends = [trace.backend.pod for trace in one.traces() if trace.backend and trace.host == "web"]
        await one.simulation.close()
        return [pods.index(name) for name in backends]

    first, again, other = await chosen(1), await chosen(1), await chosen(2)
    assert len(first) == 60
    assert first == again
    assert first != other
    assert all(count > 8 for count in Counter(first).values())
    assert len(Counter(first)) == 3
    steps = {(two - one) % 3 for one, two in pairwise(first)}
    assert steps == {0, 1, 2}, "the same Pod twice in a row, the next one, and the one after that"


async def test_client_ip_affinity_sticks_for_three_hours(world: World) -> None:
    await world.web()
    await world.done("""kubectl patch service web -p '{"spec": {"sessionAffinity": "ClientIP"}}'""")
    affinity = world.object("Service", "web")["spec"]["sessionAffinityConfig"]
    assert affinity == {"clientIP": {"timeoutSeconds": 10800}}

    async def ask(times: int) -> list[Trace]:
        before = len(world.traces())
        for _ in range(times):
            await world.curl("http://web")
        return world.traces()[before:]

    def pods(traces: list[Trace]) -> set[str]:
        return {trace.backend.pod for trace in traces if trace.backend}

    first = await ask(12)
    assert len(pods(first)) == 1
    assert first[-1].service is not None
    assert first[-1].service.sticky
    world.cluster.advance(10790)
    assert pods(await ask(1)) == pods(first), "each connection starts the three hours anew"
    seen = set()
    for _ in range(12):
        world.cluster.advance(10801)
        seen |= pods(await ask(1))
    assert len(seen) > 1


NOT_READY = WEB.replace(
    "        ports:",
    "        readinessProbe: {exec: {command: [cat, /tmp/ready]}, periodSeconds: 1}\n        ports:",
)


async def test_a_pod_that_is_not_ready_stays_in_the_slice_without_traffic(world: World) -> None:
    await world.apply(NOT_READY)
    await world.client()
    assert [each["ready"] for each in world.endpoints().values()] == [False] * 3
    result, trace = await world.curl("http://web")
    assert (result.exit_code, trace.why) == (7, "no ready endpoints")
    ready = name_of(world.pods()[1])
    await world.done(f"kubectl exec {ready} -- touch /tmp/ready")
    assert {name for name, each in world.endpoints().items() if each["ready"]} == {ready}
    for _ in range(10):
        result, trace = await world.curl("http://web")
        assert trace.backend is not None
        assert trace.backend.pod == ready
    assert trace.service is not None
    assert [each.why for each in trace.service.others] == ["not ready", "not ready"]
    await world.done("""kubectl patch service web -p '{"spec": {"publishNotReadyAddresses": true}}'""")
    assert [each["ready"] for each in world.endpoints().values()] == [True] * 3
    for _ in range(20):
        await world.curl("http://web")
    assert len({trace.backend.pod for trace in world.traces()[-20:] if trace.backend}) == 3


async def test_a_deleted_pod_leaves_the_slice_first_and_its_replacement_is_another(world: World) -> None:
    await world.web()
    old = world.pods()[0]
    address, before = world.ip(), {name_of(pod) for pod in world.pods()}
    deletion = await world.simulation.terminal.submit(f"kubectl delete pod {name_of(old)} --wait=false")
    assert deletion is not None
    assert deletion.stdout == f'pod "{name_of(old)}" deleted\n'
    world.cluster.clock.run_due()
    terminating = world.object("Pod", name_of(old))
    assert terminating["metadata"]["deletionTimestamp"]
    while name_of(old) in world.endpoints() and world.endpoints()[name_of(old)]["ready"]:
        due = world.cluster.clock.next_due
        assert due is not None
        world.cluster.advance(due - world.cluster.clock.now)
    assert world.cluster.store.get("Pod", "default", name_of(old)), "it still terminates"
    await world.simulation.settle()
    assert world.cluster.store.get("Pod", "default", name_of(old)) is None
    after = {name_of(pod): pod for pod in world.pods()}
    new = set(after) - before
    assert len(new) == 1
    assert len(after) == 3
    assert after[new.pop()]["status"]["podIP"] != old["status"]["podIP"]
    assert set(world.endpoints()) == set(after)
    assert world.ip() == address


HEADLESS = """
apiVersion: v1
kind: Service
metadata: {name: headless}
spec: {clusterIP: None, selector: {app: web}, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: external}
spec: {type: ExternalName, externalName: db.example.com}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}, ports: [{port: 80}]}
"""


async def test_names_resolve_to_what_each_kind_of_service_has(world: World) -> None:
    await world.web()
    await world.apply(HEADLESS)

    async def dig(words: str) -> list[str]:
        return (await world.inside(f"dig +short {words}")).stdout.split("\n")[:-1]

    full = "web.default.svc.cluster.local"
    pods = sorted(pod["status"]["podIP"] for pod in world.pods())
    assert await dig(full) == [world.ip()]
    assert sorted(await dig("headless.default.svc.cluster.local")) == pods
    assert await dig("external.default.svc.cluster.local") == ["db.example.com."]
    assert await dig(f"SRV _http._tcp.{full}") == [f"0 100 80 {full}."]
    assert len(await dig("SRV _http._tcp.headless.default.svc.cluster.local")) == 3
    assert await dig(f"-x {world.ip()}") == [f"{full}."]
    assert await dig(f"AAAA {full}") == []
    nothing = await world.inside(f"dig AAAA {full}")
    assert "status: NOERROR" in nothing.stdout
    assert "ANSWER: 0" in nothing.stdout
    unknown = await world.inside("dig nobody.default.svc.cluster.local")
    assert "status: NXDOMAIN" in unknown.stdout


async def test_the_search_list_finds_short_names_and_its_own_namespace_first(world: World) -> None:
    await world.web()
    await world.apply(HEADLESS)
    resolv = (await world.inside("cat /etc/resolv.conf")).stdout
    assert resolv == (
        "search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.254.0.10\noptions ndots:5\n"
    )
    for name in ("web", "web.default", "web.default.svc", "web.default.svc.cluster.local", "web."):
        result, trace = await world.curl(f"http://{name}")
        assert (result.exit_code == 0) == (name != "web."), name
        asked = [question.name for question in trace.questions]
        match name:
            case "web":
                assert asked == ["web.default.svc.cluster.local"]
            case "web.default":
                assert asked == ["web.default.default.svc.cluster.local", "web.default.svc.cluster.local"]
            case "web.default.svc.cluster.local":
                # Four dots are fewer than ndots:5, so that even a full name goes through the list first.
                assert asked[0] == "web.default.svc.cluster.local.default.svc.cluster.local"
                assert asked[-1] == "web.default.svc.cluster.local"
                assert len(asked) == 4
            case "web.":
                assert asked == ["web"]
    _, trace = await world.curl("http://web.default.svc.cluster.local.")
    assert [question.name for question in trace.questions] == ["web.default.svc.cluster.local"]
    assert trace.outcome == "ok"
    _, trace = await world.curl("http://cart")
    assert trace.outcome == "nxdomain"
    _, trace = await world.curl("http://cart.shop")
    assert (trace.address, trace.outcome) == (world.object("Service", "cart", "shop")["spec"]["clusterIP"], "refused")


async def test_the_environment_names_services_older_than_the_pod_in_its_namespace(world: World) -> None:
    await world.client("before")
    await world.apply(WEB)
    await world.apply(HEADLESS)
    await world.client("after")
    await world.client("elsewhere", "shop")
    old, new = (await world.inside("env", "before")).stdout, (await world.inside("env", "after")).stdout
    assert f"WEB_SERVICE_HOST={world.ip()}\n" in new
    for line in ("WEB_SERVICE_PORT=80", "WEB_SERVICE_PORT_HTTP=80", f"WEB_PORT=tcp://{world.ip()}:80"):
        assert line in new.splitlines()
    assert "WEB_" not in old
    assert "KUBERNETES_SERVICE_HOST=10.254.0.1\n" in old
    assert "HEADLESS" not in new
    assert "WEB_" not in (await world.inside("env", "elsewhere", "shop")).stdout


async def test_a_service_without_selector_has_no_slice_until_one_is_written(world: World) -> None:
    await world.web()
    await world.apply("""
        apiVersion: v1
        kind: Service
        metadata: {name: bare}
        spec: {ports: [{port: 80}]}
        """)
    assert world.slices("bare") == []
    result, trace = await world.curl("http://bare")
    assert (result.exit_code, trace.outcome) == (7, "refused")
    address: Any = world.pods()[0]["status"]["podIP"]
    await world.apply(f"""
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {{name: bare-1, labels: {{kubernetes.io/service-name: bare}}}}
        addressType: IPv4
        ports: [{{port: 80}}]
        endpoints: [{{addresses: ["{address}"]}}]
        """)
    result, trace = await world.curl("http://bare")
    assert (result.exit_code, trace.outcome) == (0, "ok")
    assert trace.backend is not None
    assert trace.backend.ip == address


async def test_a_slice_holds_a_hundred_endpoints_and_endpoints_mirror_them(world: World) -> None:
    await world.apply(WEB.replace("replicas: 3", "replicas: 250"))
    slices = world.slices()
    assert sorted(len(each["endpoints"]) for each in slices) == [50, 100, 100]
    assert all(each["metadata"]["generateName"] == "web-" for each in slices)
    assert all(each["metadata"]["name"].startswith("web-") for each in slices)
    assert all(each["metadata"]["labels"]["kubernetes.io/service-name"] == "web" for each in slices)
    subsets = world.object("Endpoints", "web")["subsets"]
    addresses = {address["ip"] for subset in subsets for address in subset["addresses"]}
    assert addresses == {each["addresses"][0] for one in slices for each in one["endpoints"]}
    assert len(addresses) == 250
    shown = await world("kubectl get endpoints web")
    assert shown.stderr == "Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice\n"
    assert " + 247 more..." in shown.stdout


async def test_what_happens_is_told_by_events_and_logs(world: World) -> None:
    await world.web()
    shown = await world.done("kubectl get events -o custom-columns=REASON:.reason,FROM:.source.component --no-headers")
    reasons = {tuple(line.split()) for line in shown.splitlines()}
    assert {reason for reason, *_ in reasons} >= {
        "ScalingReplicaSet", "SuccessfulCreate", "Scheduled", "Pulled", "Created", "Started",
    }  # fmt: skip
    await world.done("kubectl delete pod -l app=web --wait=false")
    assert "Killing" in await world.done("kubectl get events")
    _, trace = await world.curl("http://web/")
    assert trace.backend is not None
    log = await world.done(f"kubectl logs {trace.backend.pod} --tail=1")
    client = world.object("Pod", "client")["status"]["podIP"]
    assert log.startswith(f"{client} - - [")
    assert '"GET / HTTP/1.1" 200 615 "-" "curl/' in log
