"""Typing into running commands, ctrl+c, ctrl+d, and limits."""

import asyncio
import time

import pytest


async def start(live, line):
    """Type a line at a live terminal and let it run until it waits."""
    task = asyncio.create_task(live.terminal.submit(line))
    for _ in range(200):
        await asyncio.sleep(0.005)
        if task.done() or live.terminal.reading or (live.terminal.busy and _ > 20):
            break
    return task


async def until_reading(live):
    """Come back when the running command waits for a line: only then does ctrl+d mean anything to it."""
    for _ in range(1000):
        if live.terminal.reading:
            return
        await asyncio.sleep(0.005)
    raise AssertionError("nothing reads")


async def finish(task):
    return await asyncio.wait_for(task, 5)


@pytest.mark.parametrize(
    "line",
    [
        "sleep 100; echo no",
        "while true; do sleep 1; done; echo no",
        "while :; do :; done",
        "curl http://10.254.0.99; echo no",
        "kubectl get pods -A -w; echo no",
        "cat; echo no",
        "read x; echo no",
        "sh -c 'sleep 100; echo no'; echo no",
        "sleep 100 | cat; echo no",
    ],
)
async def test_interrupt_ends_the_line_at_once(live, line):
    task = await start(live, line)
    began = time.perf_counter()
    await live.terminal.interrupt()
    result = await finish(task)
    assert time.perf_counter() - began < 1
    assert result.exit_code == 130
    assert "^C\n" in result.output
    assert "no\n" not in result.output
    assert (await finish(await start(live, "echo $?; ls /nope"))).output == (
        "130\nls: cannot access '/nope': No such file or directory\n"
    )


async def test_a_sleeping_command_wakes_when_time_has_passed(live):
    task = await start(live, "sleep 3; echo up")
    live.tick(2)
    await asyncio.sleep(0.01)
    assert not task.done()
    live.tick(1)
    assert (await finish(task)).output == "up\n"


async def test_read_gets_a_typed_line_after_its_question(live):
    task = await start(live, "read -p 'Name: ' x; echo hi $x")
    assert live.terminal.reading
    live.terminal.feed("bob")
    assert (await finish(task)).output == "Name: hi bob\n"


async def test_read_gives_up_after_its_time_limit(live):
    task = await start(live, "read -t 5 -p 'Name: ' x; echo $? got $x")
    live.tick(4)
    await asyncio.sleep(0.01)
    assert not task.done()
    live.tick(1)
    assert (await finish(task)).output == "Name: 142 got\n"
    task = await start(live, "if read -t5 x; then echo got $x; fi")
    live.terminal.feed("this")
    await asyncio.sleep(0.01)
    live.tick(0.1)
    assert (await finish(task)).output == "got this\n"


async def test_cat_writes_what_is_typed_until_the_end(live):
    task = await start(live, "cat > notes.txt")
    for line in ("one", "two"):
        await until_reading(live)
        live.terminal.feed(line)
        await asyncio.sleep(0)
    await until_reading(live)
    live.terminal.end_of_file()
    await finish(task)
    assert live.read_file("notes.txt") == "one\ntwo\n"


async def test_commands_of_the_interpreter_read_the_terminal_too(live):
    task = await start(live, "sort")
    for line in ("b", "a"):
        await until_reading(live)
        live.terminal.feed(line)
        await asyncio.sleep(0)
    await until_reading(live)
    live.terminal.end_of_file()
    assert (await finish(task)).output == "a\nb\n"


async def test_lines_pasted_together_are_read_and_run_in_turn(simulation):
    result = await simulation.terminal.submit("read x\nhello\necho got $x")
    assert result.output == "got hello\n"


async def test_input_ends_where_nobody_types(simulation):
    assert (await simulation.terminal.submit("cat; read x; echo end")).output == "end\n"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("while :; do :; done", "stopped: "),
        ("echo sh s.sh > s.sh; sh s.sh", "16 levels deep"),
        ("printf '#!/bin/sh\\n./s.sh\\n' > s.sh; chmod +x s.sh; ./s.sh", "16 levels deep"),
        ("printf './s.sh & ./s.sh\\n' > s.sh; chmod +x s.sh; ./s.sh", "stopped: "),
        ("printf 'eval ./s.sh\\n' > s.sh; chmod +x s.sh; eval ./s.sh", "computed for almost a second"),
        ("x=a; while :; do x=$x$x; done", "stopped: "),
        ("f() { f; }; f", "functions called each other"),
        (":(){ :|:& };:", "computed for almost a second"),
        ("yes", "more than 1000000 characters"),
        ("echo {1..100000000}", "100000 are as many"),
        ("awk 'BEGIN { while (1) {} }'", "loop iteration limit"),
        ("printf '%1000000000s' a", "exceeds limit"),
        ("yes > f", "yes: stopped: this wrote more than 1000000 characters"),
        ("x=$(yes)", "yes: stopped: this wrote more than 1000000 characters"),
        ("yes | cat", "bash: stopped: this wrote more than 1000000 characters"),
        ("yes | xargs -n1 echo", "stopped: "),
        ("while read x; do :; done < <(yes)", "stopped: "),
        ("mapfile x < <(yes)", "stopped: the arrays hold more than 100000 entries"),
        ("echo '. ./y.sh' > y.sh; . ./y.sh", "stopped: files sourced each other too deeply"),
        ("dd if=/dev/zero of=big bs=1M count=1000", "stopped: a command held more than 32000000 bytes"),
        ("awk 'function f(x) { return f(x) } BEGIN { f(1) }'", "depth limit"),
        ("jq -n 'def f: f; f'", "timed out"),
        ("x=$(printf '((%.0s' {1..3000}); echo $((x))", "recursion"),
        ("seq 1000000000", "line limit"),
    ],
)
async def test_what_never_ends_is_stopped_and_says_why(simulation, line, why):
    result = await asyncio.wait_for(simulation.terminal.submit(line), 20)
    assert why in result.output
    assert len(result.output) < 1_100_000
    assert (await simulation.terminal.submit("echo alive; ls /nope")).output == (
        "alive\nls: cannot access '/nope': No such file or directory\n"
    )


async def test_an_endless_loop_of_commands_ends_where_nobody_is_there_to_stop_it(simulation, monkeypatch):
    monkeypatch.setattr("tutor.shell.runner.UNATTENDED_LIMIT", 0.3)
    result = await asyncio.wait_for(simulation.terminal.submit("while :; do sleep 1; done"), 20)
    assert "no end in sight" in result.output
    await simulation.terminal.submit("bash")
    await asyncio.wait_for(simulation.terminal.submit("while :; do sleep 1; done"), 20)
    assert simulation.terminal.depth == 2
    await simulation.terminal.submit("exit")
    assert (await simulation.terminal.submit("echo alive")).output == "alive\n"


async def test_a_loop_in_a_container_goes_no_faster_than_the_clock(live):
    """Quick commands add up their time and wait; they neither move the clock nor take all of the processor."""
    await live.terminal.submit("kubectl run x --image=busybox -- sh -c 'while :; do id; done'")
    live.tick(5)
    await live._world.background.quiet()
    at, logged = live.cluster.clock.now, len((await live.terminal.submit("kubectl logs x")).output.splitlines())
    live.tick(0.1)
    await live._world.background.quiet()
    more = len((await live.terminal.submit("kubectl logs x")).output.splitlines()) - logged
    assert live.cluster.clock.now - at < 0.11
    assert 10 < more < 60


async def test_the_event_loop_stays_free_while_the_interpreter_computes(simulation):
    task = asyncio.create_task(simulation.terminal.submit("while :; do :; done"))
    laps = []
    while not task.done():
        began = time.perf_counter()
        await asyncio.sleep(0.005)
        laps.append(time.perf_counter() - began)
    assert len(laps) > 20


async def test_output_comes_in_few_pieces(live):
    pieces = []
    live.terminal.on_output = pieces.append
    await finish(await start(live, "for i in $(seq 2000); do echo $i; done"))
    assert "".join(pieces).splitlines()[-1] == "2000"
    assert len(pieces) < 100
