"""Repairs of challenges: whatever holds is accepted, whatever only seems to is refused, and the reason is true."""

from __future__ import annotations

import pytest

from tutor.course.challenges import Challenge, assemble
from tutor.course.faults import Library, read_library
from tutor.course.session import Session

LATER = "once the Pods are replaced"
POLICY = "kubectl -n shop patch netpol cart-callers --type=merge -p"
PORT = "$(kubectl -n shop get svc cart -o jsonpath={.spec.ports[0].port})"
ADDRESS = "$(kubectl -n shop get pods -l app=cart -o jsonpath='{.items[0].status.podIP}')"
SLICE = f"""kubectl apply -f - <<EOF
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {{name: by-hand, namespace: shop, labels: {{kubernetes.io/service-name: cart}}}}
addressType: IPv4
ports: [{{name: http, port: 80}}]
endpoints: [{{addresses: [{ADDRESS}]}}]
EOF"""
NO_SELECTOR = """kubectl -n shop patch svc cart --type=json -p '[{"op":"remove","path":"/spec/selector"}]'"""
WIDE_POLICY = """kubectl apply -f - <<EOF
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: wide, namespace: shop}
spec: {podSelector: {matchLabels: {app: cart}}, ingress: [{}]}
EOF"""
COPY = "kubectl -n shop get deploy cart -o yaml | sed 's/name: cart$/name: cart-v2/; {}' | kubectl create -f -"
RELABELLED = (
    """kubectl -n shop get deploy cart -o yaml | sed "s/app: cart$/app: {}/" | kubectl replace --force -f -""".format(
        "$(kubectl -n shop get svc cart -o jsonpath={.spec.selector.app})"
    )
)
PROBE = """kubectl -n shop patch deploy cart --patch-file /dev/stdin <<EOF
spec: {template: {spec: {containers: [{name: cart, readinessProbe: {httpGet: {path: /, port: 80}}}]}}}
EOF"""
PUBLISH = """kubectl -n shop patch svc cart -p '{"spec":{"publishNotReadyAddresses":true}}'"""
BY_HAND = """for pod in $(kubectl -n shop get pods -l app=cart -o name); do kubectl -n shop exec $pod -- sh -c '
cd /usr/share/nginx/html; cp index.html ready; cp index.html healthz
echo "server { listen 8081; root /usr/share/nginx/html; }" > /etc/nginx/conf.d/more.conf; nginx -s reload'; done"""
SECOND = [
    "kubectl -n shop expose deployment cart --name basket --port=80",
    "kubectl set env deploy/front UPSTREAM=http://basket.shop",
]
ADMIT = f"""{POLICY} '
{{"spec":{{"ingress":[{{"from":[{{"namespaceSelector":{{}},"podSelector":{{"matchLabels":{{"app":"front"}}}}}}]}}]}}}}'"""


@pytest.fixture(scope="module")
def library() -> Library:
    return read_library()


def alone(library: Library, fault: str) -> Challenge:
    """The fault in the shop, where `front` asks `cart`, and `stock` is the other program."""
    return assemble(library, {library.fault(fault): 1}, (0, 1), 1, 1)


async def verdict(challenge: Challenge, lines: list[str]) -> str:
    """What is missing after these lines and the client's call; empty if it is mended."""
    session = await Session.open(challenge.lesson)
    for line in lines:
        outcome = await session.submit(line)
        assert outcome.exit_code == 0, outcome.output
    view = (await session.submit(challenge.call)).view
    await session.close()
    return "" if view.done else next(line.missing for line in view.conditions if not line.met)


@pytest.mark.parametrize(
    ("fault", "lines"),
    [
        ("selector", [RELABELLED]),
        ("selector", SECOND),
        ("scaled-down", [COPY.format("s/replicas: 0/replicas: 2/")]),
        ("image", [COPY.format("s/image: .*/image: nginx:1.27/")]),
        ("unready", ["kubectl -n shop rollout undo deployment/cart"]),
        ("unready", [PUBLISH, PROBE]),
        ("policy", ["kubectl label pods -l app=front role=web", ADMIT]),
        ("client-port", SECOND),
    ],
)
async def test_a_repair_that_holds_is_accepted_however_it_is_made(
    library: Library, fault: str, lines: list[str]
) -> None:
    assert await verdict(alone(library, fault), lines) == ""


@pytest.mark.parametrize(
    ("fault", "lines", "reason"),
    [
        (
            "selector",
            ["kubectl -n shop set selector svc cart app=stock"],
            "front was answered by stock, and it is cart",
        ),
        ("selector", [NO_SELECTOR, SLICE], LATER),
        ("named-port", [SLICE], LATER),
        ("unready", [BY_HAND], LATER),
        ("scaled-down", ["kubectl -n shop run cart --image=nginx:1.27 --labels=app=cart,part=backend"], LATER),
        ("policy", [POLICY + """ '{"spec":{"policyTypes":["Egress"]}}'"""], "Now everybody may call cart."),
        (
            "policy",
            [POLICY + """ '{"spec":{"podSelector":{"matchLabels":{"app":"x"}}}}'"""],
            "Now everybody may call cart.",
        ),
        ("policy", [WIDE_POLICY], "Now everybody may call cart."),
        (
            "wide-selector",
            ["kubectl -n shop label pods -l app=stock part-"],
            "Pods of stock stand behind the Service cart",
        ),
        ("client-port", [f"kubectl set env deploy/front UPSTREAM=http://{ADDRESS}"], LATER),
    ],
)
async def test_what_only_seems_to_be_one_is_refused_with_a_true_reason(
    library: Library, fault: str, lines: list[str], reason: str
) -> None:
    assert reason in await verdict(alone(library, fault), lines)


async def test_a_lucky_call_through_too_wide_a_selector_mends_nothing(library: Library) -> None:
    assert await verdict(alone(library, "selector"), ["kubectl -n shop set selector svc cart part=backend"])


async def test_a_pod_that_stands_in_for_the_client_mends_nothing(library: Library) -> None:
    challenge = alone(library, "policy")
    session = await Session.open(challenge.lesson)
    call = f"-- curl -sS -m 3 http://cart.shop:{PORT}"
    labels = "--labels app=front,role=web,access=granted"
    await session.submit(f"kubectl run t --rm -i --restart=Never --image=curlimages/curl {labels} {call}")
    assert not session.view.done
    assert LATER in session.view.conditions[0].missing
    await session.close()


async def test_a_rehearsal_leaves_the_cluster_and_its_chance_alone(library: Library) -> None:
    challenge = alone(library, "policy")
    tried, free = await Session.open(challenge.lesson), await Session.open(challenge.lesson)
    lines = ["kubectl -n shop delete netpol cart-callers", challenge.call]
    for line in lines:
        await tried.submit(line)
        await free.simulation.terminal.submit(line)
        await free.simulation.settle()
    assert not tried.view.done
    for session in (tried, free):
        await session.simulation.terminal.submit("kubectl get pods -A -o wide; kubectl get svc -A")
    assert tried.cluster.store.snapshot().objects == free.cluster.store.snapshot().objects
    assert tried.cluster.network.log.all() == free.cluster.network.log.all()
    await tried.close()
    await free.close()
