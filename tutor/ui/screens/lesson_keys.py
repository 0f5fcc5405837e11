"""The keys of the lesson. Each is in the command palette too, and most are words to type."""

from __future__ import annotations

from typing import Final

from textual.binding import Binding, BindingType

from tutor.course.review import REVIEW
from tutor.course.view import StepView

_ACTIONS: Final = (
    # key, action, label, id, what it does, whether the footer shows it
    ("f2", "do('hint')", "Hint", "hint", "Or type: hint", True),
    ("f3", "do('show')", "Show", "show", "Play the solution; or type: show", True),
    ("f4", "type_command", "Type", "type", "Type the step's command into the shell", True),
    ("f5", "do('undo')", "Undo", "undo", "Take the last command back; or type: undo", True),
    ("f6", "do('redo')", "Redo", "redo", "Or type: redo", True),
    ("f7", "do('reset')", "Reset", "reset", "Begin the step again; or type: reset", False),
    ("f8", "do('skip')", "Skip", "skip", "Pass the step over; or type: skip", True),
    ("alt+up", "read(-1)", "Read up", "read_up", "Scroll the lesson up", False),
    ("alt+down", "read(1)", "Read on", "read_on", "Scroll the lesson down", False),
    ("alt+right", "do('next')", "Next step", "next", "Enter, or type: next", False),
    ("alt+left", "do('back')", "Step back", "back", "Or type: back", False),
    ("alt+s", "steps", "Steps", "steps", "Go to any step; or type: steps", False),
    ("alt+g", "terms", "Words", "terms", "The words of the lesson explained; or type: terms", False),
    ("alt+a", "do('api')", "API on or off", "api", "Let the real kubectl work in this cluster; or type: api", False),
    ("alt+l", "source", "Its lesson", "source", "Go to the lesson that the question is from", True),
    ("f9", "next_view", "Panes", "panes", "Lesson, cluster, traffic in turn", True),
    ("alt+z", "zoom", "Zoom", "zoom", "Give the pane you are in the whole screen, and back", False),
    ("f10", "home", "Lessons", "home", "Back to the lessons; or type: lessons", False),
    ("alt+c", "copy_command", "Copy command", "copy", "Copy the step's command", False),
    ("alt+p", "copy_pane", "Copy pane", "copy_pane", "Copy what the pane you are in holds", False),
    ("alt+r", "view('lesson')", "See the lesson", "see_lesson", "Show the lesson", False),
    ("alt+o", "view('cluster')", "See the cluster", "see_cluster", "Go to the tables", False),
    ("alt+t", "view('traffic')", "See the traffic", "see_traffic", "Go to the diagram", False),
    ("escape", "to_shell", "To the shell", "to_shell", "Back to the prompt", False),
)
KEYS: Final[list[BindingType]] = [
    Binding(key, action, label, id=f"lesson.{name}", tooltip=does, show=show)
    for key, action, label, name, does, show in _ACTIONS
]
_LESSON_ONLY: Final = frozenset({("hint",), ("show",), ("skip",), ("next",), ("back",)})


def usable(action: str, parameters: tuple[object, ...], view: StepView | None, *, sandbox: bool) -> bool | None:
    """Whether a key works now (True), works at other times (None: dimmed) or never here (False: hidden).

    Args:
        action: the action's name.
        parameters: its parameters.
        view: the step; None while the lesson is being set up.
        sandbox: whether there is nothing to accomplish.
    """
    if action == "source":
        return view is not None and view.lesson_id == REVIEW
    of_command = action in {"type_command", "copy_command"}
    if view is None:
        return action not in {"do", "steps", "terms"} and not of_command
    if sandbox and (of_command or action in {"steps", "terms"} or parameters in _LESSON_ONLY):
        return False
    idle = (
        (of_command and not view.commands)
        or (action == "terms" and not view.terms)
        or (parameters == ("undo",) and not view.can_undo)
        or (parameters == ("redo",) and not view.can_redo)
        or (parameters == ("show",) and not view.can_show)
    )
    return None if idle else True
