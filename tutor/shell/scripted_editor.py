"""`KUBE_EDITOR` and `EDITOR`: a command that changes the file of `kubectl edit` by itself, such as `sed -i s/80/81/`.

Source: pkg/cmd/util/editor/editor.go of https://github.com/kubernetes/kubectl
"""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import Final

from tutor.kubectl.context import EditText
from tutor.kubectl.errors import KubectlError
from tutor.shell.command import Ctx, run_command

_VARIABLES: Final = ("KUBE_EDITOR", "EDITOR")
_SCREEN: Final = frozenset({"", "vi", "vim", "nvim", "nano", "pico", "emacs", "code", "ed"})
"""Editors that a person types into: the app's own stands for them."""


def scripted_editor(ctx: Ctx) -> EditText | None:
    """What edits a text where a command is set for it; None if that is an editor with a screen, or none is set."""
    editor = next((ctx.environ[name] for name in _VARIABLES if ctx.environ.get(name)), "")
    words = editor.split()
    if not words or words[0].rpartition("/")[2] in _SCREEN or ctx.session is None:
        return None
    entry = ctx.session.computer.commands.find("sh")
    if entry is None:
        return None
    shell = entry.run

    async def edit(name: str, text: str) -> str:
        ctx.files.write(name, text)
        line = ("sh", "-c", f"{editor} {shlex.quote(name)}")
        if await run_command(shell, replace(ctx, argv=line)):
            raise KubectlError(f'there was a problem with the editor "{editor}"')
        return ctx.files.read(name)

    return edit
