"""The keys of the prompt: those of readline, as far as a terminal can send them."""

from __future__ import annotations

from typing import Final

from textual.binding import Binding, BindingType

SHELL_HELP: Final = """
# The shell

Type commands and press **Enter**. **{prompt.complete}** completes commands, resources, names, flags and files; press it
again to go through what fits. **{prompt.up} {prompt.down}** bring earlier commands back, **{prompt.search}** searches
them.

`ctrl+a` `ctrl+e` start and end · `{prompt.word_back}` `{prompt.word_on}` a word back and on · `{prompt.kill_back}`
`{prompt.kill_start}` `{prompt.kill_end}` cut · `{prompt.yank}` put back · `{prompt.interrupt}` interrupt ·
`{prompt.end}` end of input · `{shell.clear}` clear · `{shell.up}` `{shell.down}` scroll
"""
HELP: Final = f"""{SHELL_HELP}
Words that steer the lesson: `hint` `show` `undo` `redo` `check` `next` `back` `reset` `skip` `steps`
`terms` `api` `help` `lessons`
"""

_ACTIONS: Final = (
    # keys, action, label, id, what it does
    ("up,ctrl+p", "recall(-1)", "Earlier command", "up", "Bring back what was typed before"),
    ("down,ctrl+n", "recall(1)", "Later command", "down", "Go on to what was typed after that"),
    ("tab", "complete(1)", "Complete", "complete", "Complete the word; again: go through what fits"),
    ("shift+tab", "complete(-1)", "Complete back", "complete_back", "Go back through what fits"),
    ("ctrl+r", "search", "Search history", "search", "Search what was typed before; again: further back"),
    ("ctrl+g", "cancel", "Cancel", "cancel", "Leave the search or the completion"),
    ("ctrl+w", "kill_back", "Cut back to a space", "kill_back", "Cut all before the cursor, up to a space"),
    ("alt+backspace", "kill_word_back", "Cut word back", "kill_word_back", "Cut letters and digits before the cursor"),
    ("alt+d", "kill_word", "Cut word", "kill_word", "Cut letters and digits after the cursor"),
    ("ctrl+u", "kill_start", "Cut to start", "kill_start", "Cut all before the cursor"),
    ("ctrl+k", "kill_end", "Cut to end", "kill_end", "Cut all after the cursor"),
    ("ctrl+y", "yank", "Put back", "yank", "Put in what was cut last"),
    ("alt+b,ctrl+left", "word_back", "Word back", "word_back", "To the start of the word"),
    ("alt+f,ctrl+right", "word_on", "Word on", "word_on", "To the end of the word"),
    ("alt+full_stop", "last_argument", "Last argument", "last_argument", "Put in the last word of the command before"),
    ("ctrl+b", "cursor_left", "Left", "left", "One character back"),
    ("ctrl+f", "cursor_right", "Right", "right", "One character on"),
    ("ctrl+c,super+c", "interrupt", "Interrupt", "interrupt", "Copy what is selected, else end what runs"),
    ("ctrl+d", "end_of_file", "End of input", "end", "End what reads or a Pod's shell; in a line: delete"),
)
KEYS: Final[list[BindingType]] = [
    Binding(keys, action, label, id=f"prompt.{name}", tooltip=does, show=False)
    for keys, action, label, name, does in _ACTIONS
]
