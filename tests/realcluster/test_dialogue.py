"""What a shell on a terminal says, line after line."""

from __future__ import annotations

from tutor.realcluster.dialogue import Dialogue


def test_the_echo_is_left_out_and_the_prompt_is_known() -> None:
    dialogue = Dialogue()
    assert dialogue.hear("\x1b[?2004h/ $ \x1b[6") == "/ $ "
    assert dialogue.at_prompt
    dialogue.tell("curl web")
    assert dialogue.hear("ncur") == ""
    assert dialogue.hear("l web\r\n<html>") == "\n<html>"
    assert not dialogue.at_prompt
    assert dialogue.hear("\r\n/ $ ") == "\n/ $ "
    assert dialogue.at_prompt
    assert dialogue.answer == "\n<html>\n/ $ "


def test_what_is_not_the_echo_is_shown() -> None:
    dialogue = Dialogue()
    dialogue.tell("secret")
    assert dialogue.hear("\r\nok\r\n") == "\nok\n"
