"""Flags are read as pflag reads them; the messages are those of the real kubectl."""

from __future__ import annotations

import pytest

from tutor.kubectl.command import Flag
from tutor.kubectl.flags import FlagError, LackingFlagError, parse_flags

FLAGS = (
    Flag("namespace", "", short="n"),
    Flag("watch", "", kind="bool", short="w"),
    Flag("stdin", "", kind="bool", short="i"),
    Flag("tty", "", kind="bool", short="t"),
    Flag("replicas", "", kind="int"),
    Flag("timeout", "", kind="duration"),
    Flag("filename", "", kind="list", short="f"),
    Flag("env", "", kind="array"),
    Flag("dry-run", "", default="none", optional="unchanged"),
)


@pytest.mark.parametrize(
    ("words", "name", "value"),
    [
        (["--namespace", "shop"], "namespace", "shop"),
        (["--namespace=shop"], "namespace", "shop"),
        (["-n", "shop"], "namespace", "shop"),
        (["-nshop"], "namespace", "shop"),
        (["-n=shop"], "namespace", "shop"),
        (["-wn", "shop"], "namespace", "shop"),
        (["-it"], "tty", True),
        (["--watch=false"], "watch", False),
        (["--replicas=-1"], "replicas", -1),
        (["--timeout=1m30s"], "timeout", 90.0),
        (["-f", "a,b", "-f", "c"], "filename", ("a", "b", "c")),
        (["--env", "a=1,2", "--env=b"], "env", ("a=1,2", "b")),
        (["--dry-run"], "dry-run", "unchanged"),
        (["--dry-run=client"], "dry-run", "client"),
        (["--dry_run=client"], "dry-run", "client"),
    ],
)
def test_value(words: list[str], name: str, value: object) -> None:
    assert parse_flags(FLAGS, words).values[name] == value


def test_arguments_stand_anywhere() -> None:
    parsed = parse_flags(FLAGS, ["get", "-w", "pods", "-n", "shop", "-", "web"])
    assert parsed.args == ["get", "pods", "-", "web"]


def test_double_dash_ends_flags() -> None:
    parsed = parse_flags(FLAGS, ["pod", "--", "ls", "-w"])
    assert (parsed.args, parsed.dash, parsed.values["watch"]) == (["pod", "ls", "-w"], 1, False)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--bogus"], "unknown flag: --bogus"),
        (["-wx"], "unknown shorthand flag: 'x' in -x"),
        (["-n"], "flag needs an argument: 'n' in -n"),
        (["--namespace"], "flag needs an argument: --namespace"),
        (["--=x"], "bad flag syntax: --=x"),
        (
            ["--watch=foo"],
            'invalid argument "foo" for "-w, --watch" flag: strconv.ParseBool: parsing "foo": invalid syntax',
        ),
        (
            ["--replicas=abc"],
            'invalid argument "abc" for "--replicas" flag: strconv.ParseInt: parsing "abc": invalid syntax',
        ),
        (
            ["--replicas=99999999999999999999"],
            'invalid argument "99999999999999999999" for "--replicas" flag: strconv.ParseInt: parsing '
            '"99999999999999999999": value out of range',
        ),
        (["--timeout=5"], 'invalid argument "5" for "--timeout" flag: time: missing unit in duration "5"'),
        (["--timeout=x"], 'invalid argument "x" for "--timeout" flag: time: invalid duration "x"'),
    ],
)
def test_refusal(words: list[str], message: str) -> None:
    with pytest.raises(FlagError) as caught:
        parse_flags(FLAGS, words)
    assert str(caught.value) == message


def test_flag_of_the_real_command_that_is_not_simulated() -> None:
    with pytest.raises(LackingFlagError, match="--raw"):
        parse_flags(FLAGS, ["--raw=/"], lacks=("raw",))
