"""A snapshot brings everything back: cluster, files, shell."""

import asyncio

import pytest


async def output(run, line):
    return (await run(line)).output


async def test_restore_brings_back_the_host(simulation, run):
    await run("x=1; cd /tmp; alias q='echo q'; set -o pipefail; echo old > f; (exit 5)")
    state = simulation.snapshot()
    await run("x=2; cd; unalias q; set +o pipefail; rm /tmp/f; mkdir -p d/e; echo hi > d/e/n")
    await run("kubectl config set-context --current --namespace=kube-system")
    simulation.restore(state)
    assert await output(run, "echo $? $x; pwd; q; cat f; false | true; echo $?; ls ~") == (
        "5 1\n/tmp\nq\nold\n1\nnginx-clusterip.yaml  nginx-deployment.yaml\n"
    )
    assert "No resources found in default namespace." in await output(run, "kubectl get pods")


async def test_restore_brings_back_containers(simulation, run):
    await run("kubectl run web --image=nginx:1.14.2")
    before = simulation.snapshot()
    await run("kubectl exec web -- sh -c 'echo new > /etc/motd; apt-get update; apt-get install -y curl'")
    after = simulation.snapshot()
    simulation.restore(before)
    assert "No such file" in await output(run, "kubectl exec web -- cat /etc/motd")
    assert "not found" in await output(run, "kubectl exec web -- curl x")
    simulation.restore(after)
    assert await output(run, "kubectl exec web -- sh -c 'cat /etc/motd; which curl'") == "new\n/usr/bin/curl\n"


async def test_restore_closes_a_containers_shell_and_what_it_leaves_behind(simulation, run):
    await run("kubectl run web --image=nginx")
    state = simulation.snapshot()
    await run("kubectl run t -it --rm --image=busybox -- sh")
    await run("touch /x")
    simulation.restore(state)
    assert simulation.terminal.prompt == "learner@laptop:~$ "
    assert (await output(run, "kubectl get pods")).split()[5] == "web"
    assert "t  " not in await output(run, "kubectl get pods")


async def test_restore_stops_what_runs(live):
    state = live.snapshot()
    task = asyncio.create_task(live.terminal.submit("touch f; sleep 100; touch g"))
    await asyncio.sleep(0.05)
    live.restore(state)
    await asyncio.wait_for(task, 5)
    assert (await live.terminal.submit("ls f g")).exit_code == 2


async def test_restore_starts_container_processes_again(simulation, run):
    await run("kubectl run x --image=busybox -- sh -c 'while :; do date +%s; sleep 10; done'")
    state = simulation.snapshot()
    await run("kubectl delete pod x --now")
    simulation.restore(state)
    before = len((await output(run, "kubectl logs x")).splitlines())
    assert len((await output(run, "sleep 60; kubectl logs x")).splitlines()) > before


async def test_what_a_process_said_at_its_start_is_not_logged_twice(simulation, run):
    await run("kubectl run x --image=busybox -- sh -c 'echo one; echo two; sleep 30; echo three; sleep 3600'")
    state = simulation.snapshot()
    await run("sleep 10")
    simulation.restore(state)
    assert await output(run, "sleep 40; kubectl logs x") == "one\ntwo\nthree\n"


async def test_a_snapshot_needs_the_hosts_prompt(simulation, run):
    await run("kubectl run t -it --rm --image=busybox -- sh")
    with pytest.raises(RuntimeError):
        simulation.snapshot()
