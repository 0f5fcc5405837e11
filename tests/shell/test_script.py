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
