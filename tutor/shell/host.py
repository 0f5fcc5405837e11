"""The learner's own computer: a laptop with kubectl, outside the cluster's network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tutor.engine.network.clients import HOST
from tutor.engine.network.resolver import LAPTOP, LAPTOP_HOSTS
from tutor.kubectl.context import Context
from tutor.shell.bashkit_engine import new_disk
from tutor.shell.command import Ctx
from tutor.shell.computer import Computer, User
from tutor.shell.containers import Containers
from tutor.shell.images import file_tree
from tutor.shell.install import TOOLS, installed_commands
from tutor.shell.scripted_editor import scripted_editor
from tutor.shell.world import World

LEARNER = User("learner", 1000, 1000, "learner", "/home/learner")
HOSTNAME = "laptop"
SHELL_COMMANDS = ("bash", "sh", "dash")
COMMANDS = [
    "[", "awk", "basename", "base64", "bc", "cat", "chmod", "chown", "cksum", "clear", "cmp", "column", "comm",
    "cp", "curl", "cut", "date", "dd", "df", "diff", "dig", "dirname", "du", "echo", "egrep", "env", "envsubst",
    "expand", "expr", "factor", "false", "fgrep", "file", "find", "fold", "free", "gawk", "getconf", "getent",
    "grep", "groups", "gunzip", "gzip", "head", "host", "hostname", "iconv", "id", "install",
    "join", "jq", "kill", "kubectl", "less", "ln", "logname", "ls", "man", "mawk", "md5sum", "mkdir", "mktemp",
    "more", "mount", "mv", "nc", "nl", "nohup", "nproc", "nslookup", "numfmt", "od", "paste", "patch",
    "ping", "printenv", "printf", "ps", "pwd", "readlink", "realpath", "reset", "rev", "rm", "rmdir", "sed", "seq",
    "sha1sum", "sha256sum", "shuf", "sleep", "sort", "split", "stat", "strings", "sudo", "su", "sum", "tac",
    "tail", "tar", "tee", "test", "timeout", "top", "touch", "tr", "true", "truncate", "tty", "uname", "unexpand",
    "uniq", "uptime", "users", "vi", "vim", "nano", "code", "watch", "wc", "wget", "which", "who", "whoami",
    "xargs", "xxd", "yes", "yq", "zip", "unzip", "arch", "ip", "ss",
]  # fmt: skip
"""What is installed on it."""

_OS_RELEASE = """PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
VERSION_CODENAME=bookworm
ID=debian
HOME_URL="https://www.debian.org/"
SUPPORT_URL="https://www.debian.org/support"
BUG_REPORT_URL="https://bugs.debian.org/"
"""
_KUBECONFIG = """apiVersion: v1
kind: Config
current-context: tutor
clusters:
- name: tutor
  cluster:
    server: https://192.0.2.10:6443
contexts:
- name: tutor
  context:
    cluster: tutor
    namespace: default
    user: learner
users:
- name: learner
  user: {}
"""
_FILES = {
    "/etc/hostname": HOSTNAME + "\n",
    "/etc/hosts": LAPTOP_HOSTS,
    "/etc/resolv.conf": LAPTOP.text,
    "/etc/os-release": _OS_RELEASE,
    "/etc/passwd": "root:x:0:0:root:/root:/bin/bash\nlearner:x:1000:1000:Learner:/home/learner:/bin/bash\n",
    "/etc/group": "root:x:0:\nlearner:x:1000:\n",
    f"{LEARNER.home}/.kube/config": _KUBECONFIG,
}
ENVIRON = {
    "HOME": LEARNER.home,
    "USER": LEARNER.name,
    "LOGNAME": LEARNER.name,
    "SHELL": "/bin/bash",
    "LANG": "C.UTF-8",
    "TERM": "xterm-256color",
    "PATH": "/usr/local/bin:/usr/bin:/bin",
}


def host_computer(world: World, files: Mapping[str, str]) -> Computer:
    """The learner's computer.

    Args:
        world: what all shells share.
        files: texts in the home folder, by path relative to it.
    """
    names = dict.fromkeys([*SHELL_COMMANDS, *COMMANDS], "")
    own = {f"{LEARNER.home}/{path}": text for path, text in files.items()}
    commands, natives = installed_commands({**names, "kubectl": ""}, world.native_names)
    present = [name for name in names if name in TOOLS or name in natives or name == "kubectl"]
    now = world.cluster.clock.now
    tree = {
        path: replace(node, date=now) if path.startswith(LEARNER.home) else node
        for path, node in file_tree({**_FILES, **own}, present, LEARNER).items()
    }
    return Computer(
        name="host",
        hostname=HOSTNAME,
        disk=new_disk(tree, world.timeline.at),
        commands=commands,
        client=HOST,
        user=LEARNER,
        environ=ENVIRON,
        cwd=LEARNER.home,
        sh="dash",
        natives=natives,
    )


class Kubectl:
    """The command `kubectl`.

    Args:
        containers: how it reaches into containers.
    """

    def __init__(self, containers: Containers) -> None:
        self._containers = containers

    async def __call__(self, ctx: Ctx) -> int:
        """Run it."""
        from tutor.kubectl.main import run

        session, terminal = ctx.session, ctx.terminal
        assert session is not None  # noqa: S101  # every command runs in a shell
        context = Context(
            cluster=ctx.cluster,
            config=session.world.config,
            stdin=ctx.stdin,
            stdout=ctx.stdout,
            stderr=ctx.stderr,
            files=ctx.files,
            pacing=ctx.pacing,
            containers=self._containers,
            edit=scripted_editor(ctx) or (terminal.editor if terminal else None),
            columns=ctx.columns,
            environ=ctx.environ,
        )
        return await run(ctx.args, context)
