"""The plain line under an error: right where the facts say so, and silent where they do not."""

from typing import Any

import pytest

from tests.course.test_conditions import pod, service, store_of, trace
from tutor.course.conditions.evidence import Call, Played
from tutor.course.gloss import gloss
from tutor.engine.network.proxy import INSIDE_ONLY
from tutor.engine.network.trace import Backend, Client, ServiceHop, Trace
from tutor.engine.objects import Object

HOP = ServiceHop("default", "web", "10.254.0.7", 80)
NAMESPACES: tuple[Object, ...] = tuple(
    {"kind": "Namespace", "metadata": {"name": name}} for name in ("default", "shop", "kube-system")
)


def about(made: Trace, *objects: Object) -> str:
    return gloss(Played("curl", "", 7), (made,), store_of(*NAMESPACES, *objects))


def of_output(output: str, *objects: Object, where: str = "host", argv: tuple[str, ...] = ("kubectl", "x")) -> str:
    return gloss(Played("x", output, 1, (Call(argv, 1),), where), (), store_of(*NAMESPACES, *objects))


@pytest.mark.parametrize(
    ("line", "flag", "near"),
    [
        ("kubectl expose deploy web --prot=80", "prot", "--port"),
        ("kubectl create service clusterip web --tpc=80", "tpc", "--tcp"),
        ("kubectl get pods --replica=2", "replica", ""),  # scale has such a flag, get has none like it
        ("kubectl -n shop get pods --selektor=app=web", "selektor", "--selector"),
    ],
)
def test_a_flag_is_near_one_that_the_command_takes(line: str, flag: str, near: str) -> None:
    said = of_output(f"error: unknown flag: --{flag}\n", argv=tuple(line.split()))
    assert said == (f"No flag is called --{flag} here; {near} is near." if near else "")


def elsewhere(obj: Object, namespace: str) -> Object:
    return {**obj, "metadata": {**obj["metadata"], "namespace": namespace}}


def test_a_name_that_lives_in_another_namespace() -> None:
    said = about(trace(host="cart", outcome="nxdomain"), elsewhere(service("cart"), "shop"))
    assert said == "The Service cart lives in namespace shop: from here its name is cart.shop."


def test_a_name_that_is_nearly_right() -> None:
    said = about(trace(host="ngnix-clusterip", outcome="nxdomain"), service("nginx-clusterip"))
    assert said == "No Service called ngnix-clusterip exists in namespace default; there is one called nginx-clusterip."


def test_a_name_nobody_has() -> None:
    assert about(trace(outcome="nxdomain")) == "No Service called web exists in namespace default."


def test_a_namespace_that_does_not_exist() -> None:
    assert about(trace(host="web.shp", outcome="nxdomain"), service()) == "There is no namespace shp."


def test_a_name_that_is_none_of_the_clusters() -> None:
    assert about(trace(host="www.example.com", outcome="nxdomain")) == ""


def test_names_from_the_laptop() -> None:
    said = about(trace(client=Client(), outcome="nxdomain"), service())
    assert said.startswith("Names of Services are known to the cluster's DNS only")


def test_no_dns_server() -> None:
    said = about(trace(outcome="dns-timeout"))
    assert said == "No CoreDNS Pod is ready, so no name can be resolved; addresses still work."


def test_a_selector_that_matches_nothing() -> None:
    said = about(trace(outcome="refused", service=HOP), service(selector={"app": "wbe"}), pod("a"))
    assert said == (
        "The Service web has no endpoints: its selector says app=wbe, "
        "and no Pod in namespace default carries that (there are Pods with app=web)."
    )


def deployment(name: str, replicas: int, **labels: str) -> Object:
    return {
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {"replicas": replicas, "template": {"metadata": {"labels": labels}}},
    }


def test_a_deployment_scaled_to_nothing() -> None:
    scaled = (deployment("forecast", 0, app="forecast"), deployment("archive", 1, app="archive"))
    forecast = service(selector={"app": "forecast"})
    said = about(trace(outcome="refused", service=HOP), forecast, *scaled, pod("a", app="archive"))
    assert said == ("The Service web has no endpoints: the Deployment forecast, whose Pods it selects, is scaled to 0.")


@pytest.mark.parametrize(
    ("objects", "hint"),
    [
        ((deployment("forecast", 2, app="forecast"), pod("a", app="archive")), ""),
        ((deployment("forecast", 2, app="forecast"), pod("a", app="forcast")), " (there are Pods with app=forcast)"),
        ((pod("a", app="archive"),), " (there are Pods with app=archive)"),
        ((pod("a", app="archive"), pod("b", app="loans")), ""),
    ],
)
def test_other_labels_are_offered_only_if_they_may_be_meant(objects: tuple[Object, ...], hint: str) -> None:
    said = about(trace(outcome="refused", service=HOP), service(selector={"app": "forecast"}), *objects)
    assert said == (
        "The Service web has no endpoints: its selector says app=forecast, "
        f"and no Pod in namespace default carries that{hint}."
    )


def test_pods_that_are_not_ready() -> None:
    said = about(trace(outcome="refused", service=HOP), service(), pod("a", ready=False), pod("b", ready=False))
    assert said == "None of the 2 Pods the Service web selects is Ready, so it has nowhere to send the request."


def test_a_service_without_a_selector() -> None:
    said = about(trace(outcome="refused", service=HOP), service(selector={}))
    assert said == "The Service web has no selector, and nobody has written endpoints for it."


def test_a_target_port_nobody_listens_on() -> None:
    there = Backend("10.244.0.1", 8080, "a")
    hop = ServiceHop("default", "web", "10.254.0.7", 80, (there,))
    assert about(trace(outcome="refused", service=hop, backend=there), service(), pod("a")) == (
        "The Service web sent the request to the Pod a, but nothing there listens on port 8080: that is its targetPort."
    )


def test_a_program_that_listens_inside_its_pod_only() -> None:
    there = Backend("10.244.0.1", 80, "a")
    hop = ServiceHop("default", "web", "10.254.0.7", 80, (there,))
    why = f"what listens at port 80 in Pod a listens at 127.0.0.1, {INSIDE_ONLY}"
    said = about(trace(outcome="refused", service=hop, backend=there, why=why), service(), pod("a"))
    assert said == "What listens at port 80 in Pod a listens at 127.0.0.1, for callers inside the Pod only."


def test_a_port_nobody_listens_on() -> None:
    said = about(trace(outcome="refused", port=81, backend=Backend("10.244.0.1", 81, "a")), pod("a"))
    assert said == "The request reached the Pod a, but nothing there listens on port 81."


def test_a_port_the_service_does_not_have() -> None:
    hop = ServiceHop("default", "web", "10.254.0.7", None)
    said = about(trace(outcome="timeout", port=81, address="10.254.0.7", service=hop), service())
    assert said == "The Service web has no port 81; it has 80."


@pytest.mark.parametrize(
    ("ports", "said"),
    [
        ([(80, "UDP")], "The Service web has port 80 for UDP only, and this came over TCP."),
        ([(80, "UDP"), (80, "SCTP")], "The Service web has port 80 for UDP and SCTP only, and this came over TCP."),
        ([(81, "UDP"), (82, "TCP")], "The Service web has no port 80; it has 81/UDP and 82."),
    ],
)
def test_a_port_of_another_protocol(ports: list[tuple[int, str]], said: str) -> None:
    hop = ServiceHop("default", "web", "10.254.0.7", None)
    web = service(ports=[{"port": port, "protocol": protocol} for port, protocol in ports])
    assert about(trace(outcome="timeout", address="10.254.0.7", service=hop), web) == said


def test_an_endpoint_at_an_address_nobody_has() -> None:
    there = Backend("10.244.3.99", 80)
    hop = ServiceHop("default", "web", "10.254.0.7", 80, (there,))
    made = trace(outcome="timeout", why="nobody has this address", service=hop, backend=there)
    said = "The Service web sent the request to 10.244.3.99, and nobody has that address."
    assert about(made, service(), pod("a")) == said
    ended = pod("b")
    ended["status"] = {"podIP": "10.244.3.99", "phase": "Succeeded"}
    assert about(made, service(), ended) == said


def test_a_policy_that_keeps_a_request_from_the_pod_of_a_service() -> None:
    there = Backend("10.244.0.1", 80, "a")
    hop = ServiceHop("default", "web", "10.254.0.7", 80, (there,))
    made = trace(outcome="timeout", why="NetworkPolicy x forbids it", service=hop, backend=there)
    assert about(made, service(), pod("a")) == "NetworkPolicy x forbids it."


def test_an_address_nobody_has() -> None:
    said = about(trace(host="10.254.0.9", address="10.254.0.9", outcome="timeout"), service())
    assert said == "No Service and no Pod has the address 10.254.0.9."


def test_an_address_of_the_cluster_from_the_laptop() -> None:
    said = about(trace(client=Client(), address="10.254.0.7", outcome="timeout"), service())
    assert said == "10.254.0.7 means something inside the cluster only; your computer is outside."


def test_ping_of_a_cluster_ip_from_the_laptop() -> None:
    said = about(trace(client=Client(), protocol="ICMP", address="10.254.0.7", outcome="timeout"), service())
    assert said == "10.254.0.7 means something inside the cluster only; your computer is outside."


def test_ping_of_a_cluster_ip() -> None:
    said = about(trace(protocol="ICMP", address="10.254.0.7", outcome="timeout"), service())
    assert said == "A cluster IP answers on the Service's ports only; ping uses none."


def test_an_http_error_comes_from_the_pod() -> None:
    said = about(trace(outcome="http-error", status=404, backend=Backend("10.244.0.1", 80, "a")))
    assert said == "The request arrived: the answer 404 comes from the Pod a itself."


def test_what_the_network_says_itself() -> None:
    said = about(trace(outcome="timeout", why="a NetworkPolicy forbids it", backend=Backend("10.244.0.1", 80, "a")))
    assert said == "A NetworkPolicy forbids it."


def test_a_success_needs_no_words() -> None:
    assert about(trace()) == ""
    assert gloss(Played("x"), (), store_of()) == ""


def test_an_error_before_the_last_success_is_not_explained() -> None:
    made = (trace(outcome="nxdomain"), trace())
    assert gloss(Played("x"), made, store_of()) == ""


@pytest.mark.parametrize(
    ("image", "said"),
    [
        (
            "nginx:1.14.2",
            "The image nginx:1.14.2 has no curl; apt-get update && apt-get install -y curl puts it there.",
        ),
        ("busybox", "The image busybox has no curl."),
    ],
)
def test_an_executable_that_is_not_there(image: str, said: str) -> None:
    output = 'error: … exec: "curl": executable file not found in $PATH\n'
    argv = ("kubectl", "exec", "-it", "a", "--", "curl", "http://web")
    assert of_output(output, pod("a", image=image), argv=argv) == said


def test_a_command_that_is_not_there_in_a_shell() -> None:
    said = of_output("bash: nslookup: command not found\n", pod("a", image="ubuntu"), where="default/a/main")
    assert said == "The image ubuntu has no nslookup; apt-get update && apt-get install -y dnsutils puts it there."


@pytest.mark.parametrize(
    ("output", "objects", "said"),
    [
        (
            'Error from server (NotFound): services "cart" not found\n',
            (elsewhere(service("cart"), "shop"),),
            "There is a Service cart in namespace shop: add -n shop.",
        ),
        (
            'Error from server (NotFound): services "wab" not found\n',
            (service(),),
            "Namespace default has no Service wab; it has web.",
        ),
        (
            'Error from server (NotFound): services "nginx-clustrip" not found\n',
            (service("nginx-clusterip"),),
            "There is no Service nginx-clustrip, but one called nginx-clusterip.",
        ),
        (
            "failed to allocate IP 10.254.0.7: provided IP is already allocated\n",
            (service(),),
            "10.254.0.7 belongs to the Service web in namespace default until that is deleted.",
        ),
        (
            'Error from server (AlreadyExists): services "web" already exists\n',
            (service(),),
            "There is a Service web already; kubectl apply, edit or patch changes one that is there.",
        ),
        ("error: unknown flag: --x\n", (), ""),
    ],
)
def test_errors_of_kubectl(output: str, objects: tuple[Any, ...], said: str) -> None:
    assert of_output(output, *objects) == said


def test_an_object_that_has_been_deleted() -> None:
    owned = pod("web-1")
    owned["metadata"]["ownerReferences"] = [{"kind": "ReplicaSet", "name": "web", "uid": "u1"}]
    store = store_of(*NAMESPACES, service(), owned, pod("web-2"))
    store.remove("Pod", "default", "web-1")
    store.remove("Service", "default", "web")
    said = [
        gloss(Played("x", f"Error from server (NotFound): {what} not found\n", 1), (), store)
        for what in ('pods "web-1"', 'services "web"')
    ]
    assert said == [
        "The Pod web-1 has been deleted; the one in its place has a name of its own.",
        "The Service web has been deleted.",
    ]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("kubectl exec -it $POD -- curl web", "The variable POD is empty in this shell, so kubectl got no name."),
        ('kubectl exec "${POD}" -- curl web', "The variable POD is empty in this shell, so kubectl got no name."),
        (
            "kubectl exec -- sh -c 'echo $POD'",
            "The name is missing: kubectl wants to know which one. kubectl get lists the names.",
        ),
    ],
)
def test_a_name_that_was_not_given(command: str, said: str) -> None:
    output = "error: pod, type/name or --filename must be specified\n"
    assert gloss(Played(command, output, 1), (), store_of(*NAMESPACES)) == said


@pytest.mark.parametrize(
    ("output", "said"),
    [
        (
            'Error from server (NotFound): pods "web" not found\n',
            "There is no Pod web, but one called web-5d4f.",
        ),
        (
            "error: Unexpected args: [web.yaml]\nSee 'kubectl apply -h' for help and examples\n",
            "A file goes behind -f: kubectl apply -f web.yaml.",
        ),
        ('error: the path "web.yml" does not exist\n', "No file here is called web.yml; ls lists the files."),
        (
            "E: Unable to locate package curl\n",
            "apt-get knows no packages until apt-get update has fetched its lists.",
        ),
        (
            "E: Unable to locate package nslookup\n",
            "No package is called nslookup; the command comes with the package dnsutils.",
        ),
        ("E: Unable to locate package curly\n", ""),
        (
            'The Service "web" is invalid: spec.clusterIPs[0]: Invalid value: ["10.254.0.50"]: '
            "may not change once set\n",
            "The Service web keeps 10.254.0.7 until it is deleted.",
        ),
    ],
)
def test_what_a_command_was_short_of(output: str, said: str) -> None:
    web = service()
    web = {**web, "spec": {**web["spec"], "clusterIP": "10.254.0.7"}}
    assert of_output(output, web, pod("web-5d4f")) == said


def test_a_program_of_the_image_asked_of_the_laptop() -> None:
    said = gloss(Played("apt-get update", "bash: apt-get: command not found\n", 127), (), store_of(*NAMESPACES))
    assert said == "This shell is your own computer. In a Pod, apt-get runs behind kubectl exec … --."


EMPTY = "No resources found in default namespace.\n"


@pytest.mark.parametrize(
    ("output", "argv", "said"),
    [
        (EMPTY, "kubectl get pods -l app=cart", "Namespace default has no Pod with app=cart, shop has: add -n shop."),
        (
            "No resources found\n",
            "kubectl delete pods -l app==cart",
            "Namespace default has no Pod with app=cart, shop",
        ),
        (EMPTY, "kubectl get svc", "Namespace default has no Service, shop has: add -n shop."),
        (EMPTY, "kubectl get pods -l app=other", ""),
        (EMPTY, "kubectl get pods -l app!=web", ""),
        (EMPTY, "kubectl get pods -A -l app=cart", ""),
        ("No resources found in shop namespace.\n", "kubectl get pods -n shop -l app=cart", ""),
        ("one\n", "kubectl get pods -l app=cart", ""),
    ],
)
def test_an_empty_list_of_what_is_elsewhere(output: str, argv: str, said: str) -> None:
    objects = (elsewhere(service("cart"), "shop"), pod("cart-1", app="cart", namespace="shop"))
    store = store_of(*NAMESPACES, *objects)
    told = gloss(Played(argv, output, 0, (Call(tuple(argv.split()), 0),)), (), store)
    assert told.startswith(said)
    assert bool(told) is bool(said)


def test_an_item_of_an_empty_list() -> None:
    argv = ("kubectl", "get", "pods", "-l", "app=cart", "-o", "jsonpath={.items[0].status.podIP}")
    output = "error: error executing jsonpath: array index out of bounds: index 0, length 0.\n"
    assert "add -n shop" in of_output(output, pod("cart-1", app="cart", namespace="shop"), argv=argv)


def test_a_name_that_stands_for_one_that_is_not_there() -> None:
    basket = service("basket", type="ExternalName", externalName="cart")
    said = about(trace(host="basket", outcome="no-address"), basket)
    assert said == "basket is only another name for cart, and DNS knows no address by that name."


def test_a_target_port_by_a_name_that_no_pod_gives() -> None:
    web = service(ports=[{"port": 80, "targetPort": "web"}])
    said = about(trace(outcome="refused", service=HOP), web, pod("a"))
    assert said == "The Service web sends to a port called web, and no Pod it selects has a port of that name."


def waiting(reason: str) -> Object:
    made = pod("a", image="nginxx:nope")
    statuses = [{"name": "main", "state": {"waiting": {"reason": reason}}}]
    return {**made, "spec": {**made["spec"], "nodeName": "n"}, "status": {"containerStatuses": statuses}}


@pytest.mark.parametrize(
    ("output", "objects", "said"),
    [
        ('error: the server doesn\'t have a resource type "podz"\n', (), "No kind is called podz; there are pods."),
        ('error: the server doesn\'t have a resource type "sv"\n', (), "No kind is called sv; there are services."),
        ('error: the server doesn\'t have a resource type "crocodiles"\n', (), ""),
        ("error: unknown flag: --namspace\n", (), "No flag is called --namspace here; --namespace is near."),
        (
            'output format "yml", allowed formats are: json,name,wide,yaml\n',
            (),
            "No format is called yml; there is yaml.",
        ),
        ("bash: kubect: command not found\n", (), "No command here is called kubect; there is kubectl."),
        ("bash: flurb: command not found\n", (), ""),
        (
            "error: 'run' already has a value (c), and --overwrite is false\n",
            (),
            "The label run is c already; with --overwrite kubectl replaces it.",
        ),
        (
            "error: Service web does not have a service port 81\n",
            (service(),),
            "The Service web has no port 81; it has 80.",
        ),
        (
            "curl: (35) TLS connect error: error:0A00010B:SSL routines::wrong version number\n",
            (),
            "Who answers there speaks HTTP without TLS: http:// and the same port reach it.",
        ),
        (
            "error: container nope is not valid for pod a\n",
            (pod("a"),),
            "The Pod a has no container nope; it has main.",
        ),
        (
            "error: error parsing b.yaml: error converting YAML to JSON: yaml: line 3: mapping values\n",
            (),
            "b.yaml is no YAML near line 3: look at the indents and colons there.",
        ),
        (
            'The Service "shop" is invalid: spec.ports[1].name: Required value\n',
            (),
            "A Service with more than one port needs a name for every one of them.",
        ),
        (
            'no matches for kind "Servce" in version "v1"\n',
            (),
            "No kind is called Servce; there is Service, in apiVersion v1.",
        ),
        (
            'no matches for kind "Deployment" in version "v1"\n',
            (),
            "A Deployment belongs to apiVersion apps/v1, not v1.",
        ),
        (
            'Service in version "v1" cannot be handled as a Service: unknown field "spec.port"\n',
            (),
            "A Service has no field spec.port; kubectl explain service.spec lists those it has.",
        ),
        (
            'The Deployment "web" is invalid: \n* spec.selector: Invalid value: {}: field is immutable\n',
            (),
            "A Deployment keeps the selector it was made with: to change it, delete web and make it anew.",
        ),
        (
            "failed to allocate IP 10.0.0.1: the provided network does not match the current range\n",
            (),
            "10.0.0.1 is not in this cluster's Service range, 10.254.0.0/16.",
        ),
        (
            'metadata.name: Invalid value: "Big": a lowercase RFC 1123 label must consist of lower case\n',
            (),
            "Big is no name here: lower-case letters, digits and dashes only, no dash at either end.",
        ),
    ],
)
def test_what_was_meant_or_left_out(output: str, objects: tuple[Any, ...], said: str) -> None:
    assert of_output(output, *objects) == said


@pytest.mark.parametrize(
    ("line", "output", "said"),
    [
        (
            "run web",
            'error: required flag(s) "image" not set',
            "kubectl needs to know which image to run: --image=nginx, say.",
        ),
        (
            "create service web --tcp=80",
            "error: unknown flag: --tcp",
            "The type is missing: kubectl create service clusterip, then the name.",
        ),
        (
            "expose deploy web --prot=80",
            "error: unknown flag: --prot",
            "No flag is called --prot here; --port is near.",
        ),
        (
            "delete web",
            'error: the server doesn\'t have a resource type "web"',
            "web is the name of a Service: its kind goes before it, service web.",
        ),
        (
            "scale svc web --replicas=2",
            "Error from server (NotFound): the server could not find the requested resource",
            "Only what makes Pods has replicas, a Deployment or a ReplicaSet.",
        ),
        (
            "rollout restart svc/web",
            'error: services "web" restarting is not supported',
            "Only what makes Pods from a template rolls out, such as a Deployment.",
        ),
        (
            "set image deploy/shop foo=nginx",
            'error: unable to find container named "foo"',
            "The Deployment shop has no container foo; it has main.",
        ),
        (
            "edit svc web",
            'The request is invalid: patch: Invalid value: "m": strict decoding error: unknown field "spec.selectr"',
            "A Service has no field spec.selectr; kubectl explain service.spec lists those it has.",
        ),
        (
            "patch svc web --type=json -p []",
            "The request is invalid: the server rejected our request due to an error in our request",
            "A path of the patch leads to nothing in this object: only add makes what is not there yet.",
        ),
        (
            "create endpoints x",
            "error: Unexpected args: [endpoints x]",
            "kubectl create makes no endpoints by flags: write it into a file, and kubectl apply -f that.",
        ),
        ("get svc web", "the server could not find the requested resource", ""),
        (
            """patch svc web -p "{'a':1}" """,
            "Error from server (BadRequest): invalid character '\\'' looking for beginning of object key string",
            "JSON wants its names in double quotes; single quotes go around the whole patch.",
        ),
    ],
)
def test_what_a_call_leaves_out(line: str, output: str, said: str) -> None:
    template = {"spec": {"containers": [{"name": "main", "image": "nginx"}]}}
    shop = {"kind": "Deployment", "metadata": {"name": "shop", "namespace": "default"}, "spec": {"template": template}}
    assert of_output(f"{output}\n", service(), shop, argv=("kubectl", *line.split())) == said


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("ImagePullBackOff", "The Pod a does not run: its image nginxx:nope cannot be pulled."),
        (
            "CrashLoopBackOff",
            "The Pod a does not run: its program ends each time it is started. kubectl logs a tells.",
        ),
        ("ContainerCreating", "The Pod a is still starting: ContainerCreating."),
    ],
)
@pytest.mark.parametrize(
    ("output", "argv"),
    [
        ('error: unable to upgrade connection: container not found ("main")\n', ("kubectl", "exec", "a", "--", "ls")),
        ('container "main" in pod "a" is waiting to start: trying\n', ("kubectl", "logs", "a")),
        ("error: timed out waiting for the condition on pods/a\n", ("kubectl", "wait", "--for=x", "pod/a")),
    ],
)
def test_a_pod_that_does_not_run(reason: str, said: str, output: str, argv: tuple[str, ...]) -> None:
    assert of_output(output, waiting(reason), argv=argv) == said


def test_what_there_is_instead() -> None:
    output = 'Error from server (NotFound): pods "x" not found\n'
    argv = ("kubectl", "get", "pod", "x")
    assert of_output(output, argv=argv) == "Namespace default has no Pod at all."
    pods = [pod(name) for name in ("one", "two", "three", "four")]
    said = of_output(output, *pods, argv=argv)
    assert said == "Namespace default has no Pod x; it has four, one, three and 1 more."


def test_a_list_in_a_namespace_that_does_not_exist() -> None:
    argv = ("kubectl", "get", "pods", "-n", "shp")
    said = gloss(
        Played("x", "No resources found in shp namespace.\n", 0, (Call(argv, 0),)), (), store_of(*NAMESPACES, pod("a"))
    )
    assert said == "There is no namespace shp."
