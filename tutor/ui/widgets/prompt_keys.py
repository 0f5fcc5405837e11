"""The keys of the prompt: those of readline, as far as a terminal can send them."""

from __future__ import annotations

from typing import Final

from textual.binding import Binding, BindingType

HELP: Final = """
# The shell

Type commands and press **Enter**. **{prompt.complete}** completes commands, resources, names, flags and files; press it
again to go through what fits. **{prompt.up} {prompt.down}** bring earlier commands back, **{prompt.search}** searches
them.

`ctrl+a` `ctrl+e` start and end · `{prompt.word_back}` `{prompt.word_on}` a word back and on · `{prompt.kill_back}`
`{prompt.kill_start}` `{prompt.kill_end}` cut · `{prompt.yank}` put back · `{prompt.interrupt}` interrupt ·
`{prompt.end}` end of input · `{shell.clear}` clear · `{shell.up}` `{shell.down}` scroll

Words that steer the lesson: `hint` `show` `undo` `redo` `check` `next` `back` `reset` `skip` `steps`
`terms` `api` `help` `lessons`
"""

_ACTIONS: Final = (
    # keys, action, label, id, what it does
    ("up,ctrl+p", "recall(-1)", "Earlier command", "up", "An earlier command"),
    ("down,ctrl+n", "recall(1)", "Later command", "down", "A later command"),
    ("tab", "complete(1)", "Complete", "complete", "Complete the word"),
    ("shift+tab", "complete(-1)", "Complete back", "complete_back", "The one before"),
    ("ctrl+r", "search", "Search history", "search", "Search earlier commands"),
    ("ctrl+g", "cancel", "Cancel", "cancel", "Leave search or completion"),
    ("ctrl+w", "kill_back", "Cut word back", "kill_back", "Cut to the space before"),
    ("alt+backspace", "kill_word_back", "Cut word back", "kill_word_back", "Cut a word back"),
    ("alt+d", "kill_word", "Cut word", "kill_word", "Cut a word on"),
    ("ctrl+u", "kill_start", "Cut to start", "kill_start", "Cut to the start"),
    ("ctrl+k", "kill_end", "Cut to end", "kill_end", "Cut to the end"),
    ("ctrl+y", "yank", "Put back", "yank", "Put back what was cut"),
    ("alt+b,ctrl+left", "word_back", "Word back", "word_back", "A word back"),
    ("alt+f,ctrl+right", "word_on", "Word on", "word_on", "A word on"),
    ("alt+full_stop", "last_argument", "Last argument", "last_argument", "The last word of the command before"),
    ("ctrl+b", "cursor_left", "Left", "left", "A character back"),
    ("ctrl+f", "cursor_right", "Right", "right", "A character on"),
    ("ctrl+c,super+c", "interrupt", "Interrupt", "interrupt", "Interrupt the command"),
    ("ctrl+d", "end_of_file", "End of input", "end", "End of input, or delete"),
)
KEYS: Final[list[BindingType]] = [
    Binding(keys, action, label, id=f"prompt.{name}", tooltip=does, show=False)
    for keys, action, label, name, does in _ACTIONS
]
