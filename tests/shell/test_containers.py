"""Shells and commands in containers."""

import asyncio

import pytest

NGINX = "POD=$(kubectl get pods -l app=nginx -o jsonpath='{.items[0].metadata.name}')"


async def output(run, line):
    return (await run(line)).output


@pytest.fixture
async def nginx(run):
    """Three nginx Pods, and `$POD` for the first."""
    await run("kubectl apply -f nginx-deployment.yaml")
    await run(NGINX)


async def test_exec_runs_in_the_containers_files(run, nginx):
    assert await output(run, "kubectl exec $POD -- cat /etc/hostname") == await output(run, "echo $POD")
    assert await output(run, "kubectl exec $POD -- cat /etc/resolv.conf") == (
        "search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.254.0.10\noptions ndots:5\n"
    )
    assert 'VERSION_ID="9"' in await output(run, "kubectl exec $POD -- cat /etc/os-release")


async def test_env_begins_with_what_the_image_sets_and_ends_with_home(run, nginx):
    names = [line.split("=")[0] for line in (await output(run, "kubectl exec $POD -- env")).splitlines()]
    assert names[:4] == ["PATH", "HOSTNAME", "NGINX_VERSION", "NJS_VERSION"]
    assert names[-1] == "HOME"
    assert not {"USER", "PWD", "LANG", "SHELL"} & set(names)
    assert "PWD=/\n" in await output(run, "kubectl exec $POD -- sh -c env")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("sh -c nope", "sh: 1: nope: not found\n"),
        ("bash -c nope", "bash: line 1: nope: command not found\n"),
        ("sh -c 'cd /nope'", "sh: 1: cd: can't cd to /nope\n"),
        ("sh -c 'cat < /nope'", "sh: 1: cannot open /nope: No such file\n"),
        ("sh nope.sh", "sh: 0: cannot open nope.sh: No such file\n"),
    ],
)
async def test_messages_are_those_of_the_shell_that_fails(run, nginx, command, said):
    assert (await output(run, f"kubectl exec $POD -- {command}")).startswith(said)


async def test_exec_of_what_is_not_there_is_refused_by_the_runtime(run, nginx):
    result = await run("kubectl exec -it $POD -- curl http://nginx-clusterip")
    assert 'exec: "curl": executable file not found in $PATH' in result.output
    assert result.exit_code == 1


async def test_exec_passes_its_input_and_its_exit_code(run, nginx):
    result = await run("echo data | kubectl exec -i $POD -- sh -c 'cat > /tmp/x; wc -c < /tmp/x; exit 4'")
    assert (result.output, result.exit_code) == ("5\ncommand terminated with exit code 4\n", 4)
    assert await output(run, "echo data | kubectl exec -i $POD -- wc -c") == "5\n"


async def test_a_shell_opens_and_closes(simulation, run, nginx):
    terminal = simulation.terminal
    opened = await run("kubectl exec -it $POD -- bash")
    name = (await run("hostname")).output.strip()
    assert terminal.prompt == f"root@{name}:/# "
    assert not terminal.at_host
    inside = await run("x=1; cd /usr; nope")
    assert (inside.output, inside.shell) == ("bash: nope: command not found\n", f"default/{name}/nginx")
    assert terminal.prompt == f"root@{name}:/usr# "
    closed = await run("exit 3")
    assert closed.output == "exit\ncommand terminated with exit code 3\n"
    assert closed.exit_code == 3
    assert (opened.shell, terminal.at_host) == ("host", True)


async def back_at_host(simulation):
    """Come back once a shell that has ended is gone from the terminal, with the command that opened it."""
    terminal, moved = simulation.terminal, asyncio.Event()
    terminal.on_state = moved.set
    async with asyncio.timeout(10):
        while not terminal.at_host or terminal.busy:
            moved.clear()
            await moved.wait()


async def test_end_of_file_leaves_a_containers_shell(simulation, run, nginx):
    await run("kubectl exec -it $POD -- sh")
    assert simulation.terminal.prompt == "# "
    simulation.terminal.end_of_file()
    await back_at_host(simulation)
    assert simulation.terminal.prompt == "learner@laptop:~$ "


async def test_shells_nest(simulation, run, nginx):
    await run("kubectl exec -it $POD -- sh")
    await run("bash")
    await run("sh")
    assert simulation.terminal.prompt == "# "
    await run("exit")
    await run("exit")
    assert simulation.terminal.prompt == "# "
    await run("exit")
    assert simulation.terminal.at_host


@pytest.mark.parametrize(
    ("image", "kill", "restarts"),
    [
        ("nginx", "kill 1", "1"),
        ("nginx", "kill -s TERM 1", "1"),
        ("nginx", "kill -9 1", "0"),
        ("nginx", "kill -HUP 1", "0"),
        ("busybox -- sleep 3600", "kill 1", "0"),
    ],
)
async def test_a_server_ends_when_its_process_is_told_to(run, image, kill, restarts):
    await run(f"kubectl run x --image={image}")
    await run(f"kubectl exec x -- sh -c '{kill}'")
    shown = await output(run, "kubectl get pod x -o jsonpath='{.status.containerStatuses[0].restartCount}'")
    assert shown == restarts


async def test_a_pod_deleted_takes_its_shell_along(simulation, run, nginx):
    await run("kubectl exec -it $POD -- sh")
    name = simulation.terminal.top.computer.name.split("/")[1]
    from tutor.engine.resources import POD

    simulation.cluster.api.delete(POD, name, "default", grace=0)
    await simulation.settle()
    await back_at_host(simulation)
    assert (await output(run, "echo $?")).endswith("137\n")


@pytest.mark.parametrize(
    ("image", "prompt", "missing"),
    [
        ("busybox", "/ # ", "sh: curl: not found"),
        ("alpine", "/ # ", "sh: curl: not found"),
        ("curlimages/curl", "/ $ ", "sh: apt: not found"),
        ("debian", "# ", "sh: 1: curl: not found"),
        ("httpd", "# ", "sh: 1: curl: not found"),
    ],
)
async def test_each_image_has_its_own_prompt_and_words(simulation, run, image, prompt, missing):
    await run(f"kubectl run temp -it --rm --image={image} -- sh")
    assert simulation.terminal.prompt == prompt
    command = missing.split(": ")[-2]
    assert await output(run, command) == missing + "\n"
    assert 'pod "temp" deleted' in await output(run, "exit")
    assert "temp" not in await output(run, "kubectl get pods")


async def test_a_containers_own_command_writes_to_its_log(run):
    await run("kubectl run x --image=busybox --restart=Never -- sh -c 'for i in 1 2; do echo $i; sleep 1; done; nope'")
    assert await output(run, "kubectl logs x") == "1\n2\nsh: nope: not found\n"
    assert "Error" in await output(run, "kubectl get pod x")


async def test_an_attached_command_shows_its_output(run):
    result = await run("kubectl run x -it --rm --image=busybox --restart=Never -- sh -c 'ls /etc/hosts; id'")
    assert "/etc/hosts\nuid=0(root) gid=0(root)" in result.output


async def test_what_is_written_into_a_page_is_what_curl_gets(run, nginx):
    await run("kubectl apply -f nginx-clusterip.yaml; kubectl scale deployment nginx-deployment --replicas=1")
    await run(NGINX)
    await run("kubectl exec $POD -- sh -c 'echo mine > /usr/share/nginx/html/index.html'")
    assert await output(run, "kubectl run t -i --rm --image=curlimages/curl -q -- curl -s nginx-clusterip") == (
        "mine\n"
    )


async def test_service_variables_are_those_of_services_older_than_the_pod(run, nginx):
    await run("kubectl apply -f nginx-clusterip.yaml")
    assert "NGINX_CLUSTERIP" not in await output(run, "kubectl exec $POD -- env")
    await run("kubectl delete pod $POD")
    await run(NGINX.replace("items[0]", "items[-1:]"))
    await run("sleep 2; kubectl delete pods --all; sleep 40")
    await run(NGINX)
    environ = await output(run, "kubectl exec $POD -- env")
    assert "NGINX_CLUSTERIP_SERVICE_HOST=10.254.201.125\n" in environ
    assert "NGINX_CLUSTERIP_SERVICE_PORT_HTTP=80\n" in environ


async def test_apt_installs_what_the_image_lacks(run, nginx):
    assert "E: Unable to locate package curl" in await output(run, "kubectl exec $POD -- apt-get install -y curl")
    installed = await run("kubectl exec -it $POD -- sh -c 'apt-get update -y && apt-get install -y curl'")
    assert "stretch" in installed.output
    assert "Setting up curl" in installed.output
    assert (await run("kubectl exec -it $POD -- curl http://nginx-clusterip")).output == (
        "curl: (6) Could not resolve host: nginx-clusterip\ncommand terminated with exit code 6\n"
    )


async def test_packages_appear_in_the_shell_that_installs_them(run):
    await run("kubectl run temp-ubuntu -it --rm --image=ubuntu -- bash")
    assert await output(run, "nslookup x; which dig") == "bash: nslookup: command not found\n"
    await run("apt-get update && apt-get install -y dnsutils")
    assert await output(run, "which nslookup") == "/usr/bin/nslookup\n"
    assert "is already the newest version" in await output(run, "apt-get install -y dnsutils")
    assert "E: Unable to locate package nope" in await output(run, "apt-get install -y nope")


async def test_apt_asks_before_it_installs(run):
    await run("kubectl run temp-ubuntu -it --rm --image=ubuntu -- bash")
    await run("apt-get update")
    assert "Do you want to continue? [Y/n] Abort." in await output(run, "apt-get install jq < /dev/null")
    assert "Setting up jq" in await output(run, "echo y | apt-get install jq")


async def test_apk_installs_and_refuses(run):
    await run("kubectl run temp -it --rm --image=alpine -- sh")
    assert "Installing curl" in await output(run, "apk add curl")
    assert await output(run, "apk add nope") == (
        "ERROR: unable to select packages:\n  nope (no such package):\n    required by: world[nope]\n"
    )
    await run("exit")
    await run("kubectl run temp -it --rm --image=curlimages/curl -- sh")
    assert "Permission denied" in await output(run, "apk add jq")


async def test_a_container_that_crashes_goes_on_crashing_while_a_command_waits(run):
    """Its process starts in the middle of the wait, and has to see the rest of it pass."""
    await run("kubectl run crash --image=busybox -- sh -c 'echo up; sleep 2; echo down >&2; exit 3'")
    await run("sleep 60")
    assert (await output(run, "kubectl get pod crash --no-headers")).split()[2:4] == ["CrashLoopBackOff", "3"]
    assert await output(run, "kubectl logs crash") == "up\ndown\n"


async def test_a_settled_cluster_has_seen_what_a_file_means_to_a_probe(simulation, run):
    probe = "{exec: {command: [sh, -c, 'grep -q yes /tmp/ready']}, periodSeconds: 7}"
    container = f"{{name: c, image: nginx, readinessProbe: {probe}}}"
    head = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"
    simulation.write_file("probed.yaml", f"{head}spec: {{containers: [{container}]}}\n")
    await run("kubectl apply -f probed.yaml")
    assert (await output(run, "kubectl get pod p --no-headers")).split()[1] == "0/1"
    await run("kubectl exec p -- sh -c 'echo yes > /tmp/ready'")
    assert (await output(run, "kubectl get pod p --no-headers")).split()[1] == "1/1"


async def test_a_script_may_become_the_images_server(run):
    script = "hostname > /usr/share/nginx/html/index.html && exec nginx -g 'daemon off;'"
    await run(f'kubectl run web --image=nginx:1.27 --expose --port=80 --command -- sh -c "{script}"')
    page = "kubectl run t -i --rm --image=curlimages/curl -q -- curl -s http://web"
    assert await output(run, page) == "web\n"
    # nginx as process 1 ends when told to: nobody waits for the grace period.
    assert await output(run, "kubectl get events | grep -c BackOff; kubectl delete pod web") == '0\npod "web" deleted\n'
    age = await output(run, "kubectl get svc web --no-headers | awk '{print $NF}'")
    assert int(age.removesuffix("s\n")) < 30


async def test_musl_waits_for_a_name_server_that_refuses(run):
    """Glibc hears of the closed port at once."""
    await run("kubectl -n kube-system scale deployment coredns --replicas=0")
    ask = "kubectl run t --rm -i --restart=Never --image={} -- curl -sS -m 3 http://kubernetes"
    assert "curl: (28) Resolving timed out after 3000 milliseconds" in await output(run, ask.format("curlimages/curl"))
    await run("kubectl run debian --image=nginx:1.27")
    assert "curl: (6) Could not resolve host" in await output(
        run, "kubectl exec debian -- curl -sS -m 3 http://kubernetes"
    )
