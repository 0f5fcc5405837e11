"""`run_script`: commands without anybody at the terminal."""

from tutor.shell.script import run_script

from .conftest import FILES


async def play(*commands, **options):
    results = []
    code = await run_script(commands, files=FILES, on_result=results.append, **options)
    return code, results


async def test_output_and_errors_are_apart():
    code, (result,) = await play("echo out; ls nope; exit_code() { return 3; }; exit_code")
    assert (result.stdout, result.stderr) == ("out\n", "ls: cannot access 'nope': No such file or directory\n")
    assert code == 3


async def test_the_cluster_settles_after_each_command():
    _, results = await play("kubectl apply -f nginx-deployment.yaml", "kubectl get pods --no-headers")
    assert results[1].stdout.count("Running") == 3


async def test_commands_are_typed_into_the_shell_that_is_open():
    _, results = await play("kubectl run t -it --rm --image=busybox -- sh", "hostname", "exit", "hostname")
    assert [result.stdout for result in results if result.command == "hostname"] == ["t\n", "laptop\n"]
    assert 'pod "t" deleted' in results[2].stdout


async def test_manifests_come_first():
    _, (result,) = await play(
        "kubectl get svc nginx-clusterip -o name", cluster_manifests=[FILES["nginx-clusterip.yaml"]]
    )
    assert result.stdout == "service/nginx-clusterip\n"


async def test_an_open_input_is_an_error():
    code, (result,) = await play("echo 'a")
    assert code == 2
    assert "unexpected end of file" in result.stderr


async def test_the_same_seed_gives_the_same_world():
    first, second = [await play("kubectl apply -f nginx-deployment.yaml", "kubectl get pods", seed=7) for _ in range(2)]
    assert first[1][1].stdout == second[1][1].stdout
    _, other = await play("kubectl apply -f nginx-deployment.yaml", "kubectl get pods", seed=8)
    assert other[1].stdout != first[1][1].stdout


async def test_timeout_gives_a_command_its_time_and_no_more():
    _, results = await play(
        "timeout 5 echo hi; echo $?",
        "timeout 2 kubectl get svc -w --no-headers; echo $?",
        "timeout 9 sleep 2; echo $?",
        "timeout 3 sh -c 'sleep 1; echo one; sleep 9; echo two'; echo $?",
        "kubectl run t --image=nginx:1.27 && kubectl wait --for=condition=Ready pod/t",
        "timeout 3 kubectl exec t -- sleep 50; echo $?",
    )
    said = [result.stdout for result in results]
    assert said[0] == "hi\n0\n"
    assert said[1].startswith("kubernetes ")
    assert said[1].endswith("\n124\n")
    assert said[2] == "0\n"
    assert said[3] == "one\n124\n"
    assert said[5] == "124\n"


async def test_kubectl_edit_runs_the_editor_that_is_set():
    _, results = await play(
        "kubectl create service clusterip web --tcp=80",
        "KUBE_EDITOR='sed -i s/port:.80/port:\\ 81/' kubectl edit svc web",
        "kubectl get svc web -o jsonpath='{.spec.ports[0].port}'",
        "EDITOR=false kubectl edit svc web",
        "EDITOR=nano kubectl edit svc web",
    )
    assert [result.stdout for result in results[1:3]] == ["service/web edited\n", "81"]
    assert results[3].stderr == 'error: there was a problem with the editor "false"\n'
    assert results[4].stderr.startswith("error: no editor here")
