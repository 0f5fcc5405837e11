"""The host's shell remembers what a shell remembers, and says what bash says."""

import asyncio
import gc
import weakref
from dataclasses import replace

import pytest

from tutor.shell.simulation import Simulation

NO_FILE = "No such file or directory\n"
NO_SUCH = f"ls: cannot access '/nope': {NO_FILE}"
MISSING = 'Error from server (NotFound): pods "nope" not found\n'


async def output(run, line):
    return (await run(line)).output


async def test_variables_folder_functions_aliases_and_options_last(run):
    await run("x=3; cd /tmp; alias q='echo q'; f() { echo f$1; }; set -o pipefail")
    assert await output(run, "echo $x; pwd; q; f 7; false | true; echo $?") == "3\n/tmp\nq\nf7\n1\n"


async def test_status_lasts(run):
    assert (await run("(exit 7)")).exit_code == 7
    assert await output(run, "echo $?") == "7\n"


async def test_k_is_kubectl(run):
    assert "node-1" in await output(run, "k get nodes")


async def test_prompt_shows_the_folder(simulation, run):
    assert simulation.terminal.prompt == "learner@laptop:~$ "
    await run("mkdir -p a/b; cd a/b")
    assert simulation.terminal.prompt == "learner@laptop:~/a/b$ "
    await run("cd /etc")
    assert simulation.terminal.prompt == "learner@laptop:/etc$ "


async def test_second_prompt_until_complete(simulation):
    assert await simulation.terminal.submit("for i in 1 2") is None
    assert simulation.terminal.prompt == "> "
    assert await simulation.terminal.submit("do echo $i") is None
    assert (await simulation.terminal.submit("done")).output == "1\n2\n"


async def test_interrupt_drops_an_open_input(simulation):
    await simulation.terminal.submit("echo 'open")
    await simulation.terminal.interrupt()
    assert simulation.terminal.prompt == "learner@laptop:~$ "


@pytest.mark.parametrize(
    ("line", "said", "code"),
    [
        ("nope", "bash: nope: command not found\n", 127),
        ("ssh x", "bash: ssh: command not found\n", 127),
        ("docker ps", "bash: docker: command not found\n", 127),
        ("echo )", "bash: syntax error near unexpected token `)'\n", 2),
        ("cd /nope", "bash: cd: /nope: No such file or directory\n", 1),
        ("cat nope", "cat: nope: No such file or directory\n", 1),
        ("ls nope", "ls: cannot access 'nope': No such file or directory\n", 2),
        ("cat /tmp", "cat: /tmp: Is a directory\n", 1),
        ("head nope", "head: cannot open 'nope' for reading: No such file or directory\n", 1),
        ("ls --nope", "ls: unrecognized option '--nope'\nTry 'ls --help' for more information.\n", 2),
        ("sh -c nope", "sh: 1: nope: not found\n", 127),
        ("echo x > /nope/y", "bash: /nope/y: No such file or directory\n", 1),
        ("csv", "bash: csv: command not found\n", 127),
    ],
)
async def test_what_goes_wrong_reads_as_in_bash(run, line, said, code):
    result = await run(line)
    assert (result.output, result.exit_code) == (said, code)


async def test_errors_and_output_keep_their_order(run):
    assert await output(run, "ls /nope; echo end") == "ls: cannot access '/nope': No such file or directory\nend\n"


async def test_type_which_and_command_agree(run):
    assert await output(run, "type cd k kubectl") == (
        "cd is a shell builtin\nk is aliased to `kubectl'\nkubectl is /usr/bin/kubectl\n"
    )
    assert await output(run, "which kubectl nope; echo $?; command -v kubectl k nope") == (
        "/usr/bin/kubectl\n1\n/usr/bin/kubectl\nalias k='kubectl'\n"
    )


async def test_commands_work_by_their_path(run):
    assert await output(run, "/bin/sh -c 'echo $1 $#' a b; /usr/bin/ls nginx-*") == (
        "b 1\nnginx-clusterip.yaml  nginx-deployment.yaml\n"
    )


async def test_scripts_run_as_files_and_from_a_pipe(run):
    await run("printf 'echo arg $1\\nexit 3\\n' > s.sh; chmod +x s.sh")
    assert await output(run, "sh s.sh x; echo $?; echo 'echo piped' | bash") == "arg x\n3\npiped\n"


async def test_a_script_knows_its_name_and_counts_its_lines(run):
    await run("printf '#!/bin/bash\\necho $0 ${0##*/} $1\\nnope\\n' > s.sh; chmod +x s.sh; mkdir bin; cp s.sh bin/tool")
    assert await output(run, "./s.sh x") == "./s.sh s.sh x\n./s.sh: line 3: nope: command not found\n"
    assert await output(run, "PATH=$PATH:~/bin; tool y 2> errors | head -n 1") == "/home/learner/bin/tool tool y\n"
    assert await output(run, "sh -c 'echo $0 $1' name arg; echo $0") == "name arg\nbash\n"
    assert await output(run, "awk '{print $0}' <<< line") == "line\n"


@pytest.mark.parametrize(
    ("line", "said", "code"),
    [
        ("echo x > f; ./f", "bash: ./f: Permission denied\n", 126),
        ("./nope", "bash: ./nope: No such file or directory\n", 127),
        ("/etc", "bash: /etc: Is a directory\n", 126),
        (
            "printf '#!/bin/zsh\\n' > f; chmod +x f; ./f",
            "bash: ./f: /bin/zsh: bad interpreter: No such file or directory\n",
            126,
        ),
        ("printf '#!/usr/bin/env bash\\necho $1\\n' > f; chmod +x f; ./f hi", "hi\n", 0),
        ("nope 2> f; cat f", "bash: nope: command not found\n", 0),
    ],
)
async def test_files_run_as_commands_or_are_refused_as_bash_does(run, line, said, code):
    result = await run(line)
    assert (result.output, result.exit_code) == (said, code)


async def test_files_are_dated_by_the_clusters_clock(simulation, run):
    await run("sleep 3600; echo x > new; ln -s new link; sleep 7200")
    assert await output(run, "ls -lt new nginx* | awk '{print $6, $7, $8, $9}'") == (
        "Nov 23 10:00 new\nNov 23 09:00 nginx-clusterip.yaml\nNov 23 09:00 nginx-deployment.yaml\n"
    )
    assert "May 17  2025 /usr/bin/kubectl" in await output(run, "ls -l /usr/bin/kubectl")
    assert (await output(run, "ls -l link /bin"))[0] == "l"
    state = simulation.snapshot()
    await run("rm new; sleep 7200")
    simulation.restore(state)
    assert "Nov 23 10:00 new" in await output(run, "ls -l new")


async def test_devices_and_process_substitution_can_be_read(run):
    assert await output(run, "cat <(echo a) /dev/null; kubectl create -f <(echo '{') 2>&1 | head -c 5; ls /dev") == (
        "a\nerrorfd  null  random  urandom\n"
    )


async def test_kubectl_output_flows_through_pipes_and_substitutions(run):
    await run("kubectl apply -f nginx-deployment.yaml")
    await run("NAME=$(kubectl get pods -l app=nginx --no-headers | head -n 1 | awk '{print $1}')")
    assert (await output(run, "echo $NAME")).startswith("nginx-deployment-")
    assert await output(run, "kubectl get pods --no-headers | wc -l") == "3\n"
    assert await output(run, "kubectl get deploy -o name | sed s/nginx.*/$(hostname)/") == "deployment.apps/laptop\n"


async def test_commands_know_whether_they_write_to_a_terminal(run):
    columns, lines = "nginx-clusterip.yaml  nginx-deployment.yaml\n", "nginx-clusterip.yaml\nnginx-deployment.yaml\n"
    assert await output(run, "ls") == columns
    assert await output(run, "ls | cat") == lines
    assert await output(run, 'x=$(ls); echo "$x"') == lines
    assert await output(run, "for i in 1; do ls; done | cat; { ls nginx*; } > f; cat f") == lines + lines
    await run("rm f")
    assert await output(run, "f() { ls; }; f; f | cat") == columns + lines


async def test_here_documents(run):
    assert await output(run, "cat <<EOF > f; cat f\na $((1+1))\nEOF") == "a 2\n"


async def test_history_is_expanded_and_shown(simulation, run):
    await run("echo one two")
    assert await output(run, "echo !$") == "echo two\ntwo\n"
    assert await output(run, "!e") == "echo two\ntwo\n"
    assert await output(run, "!nope") == "bash: !nope: event not found\n"
    assert simulation.terminal.history == ["echo one two", "echo two"]


async def test_exit_at_the_outermost_shell_stays(simulation, run):
    assert "outermost shell" in await output(run, "exit 3")
    assert simulation.terminal.prompt == "learner@laptop:~$ "
    left = []
    simulation.terminal.on_exit = left.append
    await run("exit 4")
    assert left == [4]


async def test_set_e_ends_the_shell_at_a_failure(simulation, run):
    left = []
    simulation.terminal.on_exit = left.append
    await run("set -e")
    await run("false")
    assert left == [1]


async def test_trap_lasts_to_the_end_of_the_shell(run):
    await run("bash")
    await run("trap 'echo bye' EXIT")
    assert await output(run, "exit") == "exit\nbye\n"


async def test_jobs(run):
    assert await output(run, "sleep 5 &") == "[1] 4711\n"
    assert await output(run, "jobs") == "[1]+  Running                 sleep 5 &\n"
    assert await output(run, "wait; echo done") == "done\n[1]+  Done                    sleep 5\n"
    await run("sleep 100 &")
    assert "Terminated" in await output(run, "kill %1; wait")


async def test_editors_point_to_what_works_without_one(run):
    assert "cat > f.txt" in await output(run, "vi f.txt")


async def test_editors_open_the_editor_of_the_screen(simulation, run):
    async def edit(name, text):
        return text + f"# {name}\n"

    simulation.terminal.editor = edit
    await run("vim notes.txt")
    assert simulation.read_file("notes.txt") == "# notes.txt\n"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("kubectl get pod nope | wc -l", f"{MISSING}0\n"),
        ('x=$(kubectl get pod nope); echo "[$x]"', f"{MISSING}[]\n"),
        ('x=$(kubectl get pod nope 2>&1); echo "[$x]"', f"[{MISSING[:-1]}]\n"),
        ("kubectl get pod nope |& wc -l", "1\n"),
        ("for i in 1 2; do kubectl get pod nope; done 2>/dev/null", ""),
        ("f() { kubectl get pod nope; }; f 2> file; wc -l < file", "1\n"),
        ("bash -c 'kubectl get pod nope; echo $?' 2>/dev/null", "1\n"),
        ("bash -c 'kubectl get pod nope; echo $?' | cat", f"{MISSING}1\n"),
        ("cd /nope; echo 1; grep x /nope; echo 2", f"bash: cd: /nope: {NO_FILE}1\ngrep: /nope: {NO_FILE}2\n"),
        ("set -x; echo a | cat", "a\n+ echo a\n+ cat\n"),
    ],
)
async def test_errors_go_where_they_belong(run, line, shown):
    """To the terminal past pipes, in the order of what happens, or where they are sent."""
    assert await output(run, line) == shown


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("echo a; ls /nope; echo b", f"a\n{NO_SUCH}b\n"),
        ("echo a; ls /nope > /dev/null; echo b", f"a\n{NO_SUCH}b\n"),
        ("echo a; ls /nope | cat; echo b", f"a\n{NO_SUCH}b\n"),
        ("for i in 1 2; do ls /nope; echo $i; done", f"{NO_SUCH}1\n{NO_SUCH}2\n"),
        ("echo a; bash -c 'echo b; ls /nope; echo c'", f"a\nb\n{NO_SUCH}c\n"),
        ("echo a; kill %9; echo b", "a\nbash: kill: %9: no such job\nb\n"),
        ("echo a; rm zz; echo b", f"a\nrm: cannot remove 'zz': {NO_FILE}b\n"),
        ("nosuch; echo b", "bash: nosuch: command not found\nb\n"),
        ("f() { ls /nope; echo b; }; f", f"{NO_SUCH}b\n"),
        ('x=$(ls /nope); echo "[$x]"', f"{NO_SUCH}[]\n"),
        ('echo a; x=$(ls /nope); echo "$? [$x]"', f"a\n{NO_SUCH}2 []\n"),
        ("for i in 1 2; do echo $i; ls /nope | cat; done", f"1\n{NO_SUCH}2\n{NO_SUCH}"),
        ("false; x=$(ls /nope; echo $?); echo $x", f"{NO_SUCH}2\n"),
    ],
)
async def test_errors_and_output_keep_their_order_however_slow_either_is(simulation, line, shown):
    """What is written arrives late, once the output and once the errors: neither overtakes the other."""
    shell = simulation.terminal.top
    out = shell.streams.out
    for late in (False, True):

        async def slow(text: str, late: bool = late) -> None:
            if ("No such" in text or "not found" in text) == late:
                await asyncio.sleep(0.01)
            await out(text)

        shell.streams = replace(shell.streams, out=slow)
        assert (await simulation.terminal.submit(line)).output == shown


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("""awk 'BEGIN { print "b\\na" | "sort" }'""", "a\nb\n"),
        ("""printf 'b\\na\\n' | awk '{ print $1 | "sort" } END { close("sort"); print "end" }'""", "a\nb\nend\n"),
        ("""awk 'BEGIN { print "a" | "cat" }'""", "a\n"),
        ("""awk 'BEGIN { "echo a" | getline x; print x }'""", "a\n"),
    ],
)
async def test_awk_writes_to_commands_and_reads_from_them(run, line, shown):
    assert await output(run, line) == shown


async def test_a_shell_that_is_done_with_is_let_go():
    """Its interpreter keeps threads and open files, which the next lesson needs."""
    simulation = Simulation()
    await simulation.terminal.submit("echo hello")
    engine = weakref.ref(simulation.terminal.top._runner.engine)
    await simulation.close()
    del simulation
    for _ in range(500):
        # A thread of the interpreter may hold on to it a moment longer.
        gc.collect()
        if engine() is None:
            break
        await asyncio.to_thread(lambda: None)
    assert engine() is None


async def test_a_reader_that_leaves_ends_what_writes_in_a_pod_without_a_word(run):
    await run("kubectl run box --image=busybox --command -- sleep infinity; kubectl wait --for=condition=Ready pod/box")
    for _ in range(20):
        shown = await output(run, "kubectl exec box -- sh -c 'free; free; free' | head -n 1")
        assert shown.splitlines()[1:] == []
