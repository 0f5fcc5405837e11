"""The words that plain mode understands besides commands, and what it says of them."""

from __future__ import annotations

from typing import Final

_TABLES: Final = {
    "changes": "says what the last command changed in the cluster",
    "tables sentences": "has tables said as sentences, and after each command what it changed",
    "tables rows": "has tables as rows again",
}
_STEPS: Final = {
    "task": "says the step again",
    "do 1": "runs the step's first command, do 2 its second, and so on",
    "check": "says what is still missing",
    "hint": "gives a hint; said again, a plainer one",
    "show": "begins the step again and plays its solution",
    "next": "goes on to the next step once this one is done, as Enter does",
    "skip": "passes the step over",
    "back": "goes to the step before",
    "steps": "says which steps there are",
    "step 3": "goes to the third step, and so for every number",
    "terms": "explains the lesson's words",
}
_TIME: Final = {
    "undo": "takes the last change back",
    "redo": "does again what undo took back",
    "reset": "puts all back to how the step began",
}
_LADDER: Final = {"ladder": "says what you have looked at so far, rung by rung"}
_API: Final = {
    "api": "lets the real kubectl, in another terminal, work in the same cluster",
    "api off": "ends that",
}
_ENDS: Final = {
    "help": "says this again",
    "exit": "leaves, as ctrl+d, quit, home and lessons do; progress is kept",
}
_LEAVING: Final = frozenset({"quit", "home", "lessons"})
LESSON: Final = _STEPS | _TIME | _TABLES | _API | _ENDS
PUZZLE: Final = LESSON | _LADDER
SANDBOX: Final = _TIME | _TABLES | _API | {"task": "says what there is", "do 1": _STEPS["do 1"]} | _ENDS
SHELL: Final = _TABLES | {"help": _ENDS["help"], "exit": "leaves, as ctrl+d does"}
INTRODUCTION: Final = "Type commands. Enter goes on from a step that is done, exit leaves, help says every other word."


def leaves(word: str) -> bool:
    """Whether a word ends the lesson."""
    return word in _LEAVING


def help_text(words: dict[str, str]) -> str:
    """What can be typed, a line a word."""
    lines = ["Type commands, or one of these words.", *(f"{word}: {does}." for word, does in words.items())]
    return "\n".join(lines)
