"""A lesson's steps said in sentences: what is asked, what is still missing, what was accomplished."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.course.session import passed_over
from tutor.plain.lines import say
from tutor.plain.wording import plain_line, plain_text

if TYPE_CHECKING:
    from tutor.course.session import Session
    from tutor.course.view import ConditionView, StepView


class Teller:
    """Says what has changed about a lesson since it was last asked.

    Args:
        session: the lesson being played.
        onward: how the learner goes on, such as `Enter goes on.`.
    """

    def __init__(self, session: Session, onward: str = "Enter goes on.") -> None:
        self._session = session
        self._onward = onward
        self._shown = ""
        self._ticked: frozenset[str] = frozenset()
        self._missing: frozenset[ConditionView] = frozenset()
        self._done = False

    def show_step(self) -> None:
        """Say the whole step."""
        view = self._session.view
        self._shown, self._done = view.id, view.done
        self._ticked, self._missing = _met(view), _unmet(view)
        optional = ", optional" if view.optional else ""
        say(f"\n{view.lesson_title}, step {view.index + 1} of {view.count}{optional}: {view.title}\n")
        for text in (view.body, view.question):
            if text.strip():
                say(plain_text(text) + "\n")
        for number, option in enumerate(view.options, 1):
            say(f"Answer {number}: {plain_line(option.text)}")
        if view.options:
            say("Type the number of your answer." if not view.multiple else "Type the numbers, with commas between.")
        for number, command in enumerate(view.commands, 1):
            say(f"Command {number}: {command}")
        for condition in view.conditions:
            self._say_condition(condition)
        if view.ladder:
            say("ladder says what you have looked at so far, rung by rung.")
        if view.kind == "read" and self._onward:
            say(self._onward)
        elif view.passed_over:
            say(passed_over(view))

    @staticmethod
    def _say_condition(condition: ConditionView) -> None:
        say(f"{'Done' if condition.met else 'To do'}: {plain_line(condition.text).rstrip('.')}.")

    @staticmethod
    def _say_reason(condition: ConditionView) -> None:
        say(f"To do: {plain_line(condition.text).rstrip('.')}. {plain_line(condition.missing)}".rstrip())

    def show_news(self) -> None:
        """Say what has changed about the step: the next one, conditions newly met, lost or asked for, success."""
        view = self._session.view
        if view.id != self._shown:
            self.show_step()
            return
        met, unmet = _met(view), _unmet(view)
        for condition in view.conditions:
            if (condition.text in met) != (condition.text in self._ticked):
                self._say_condition(condition)
            elif condition in unmet - self._missing and not view.done:
                self._say_reason(condition)
        newly = view.done and not self._done
        self._ticked, self._missing, self._done = met, unmet, view.done
        if newly and view.kind != "read":
            for option in view.options:
                if option.chosen or option.right:
                    say(f"{'Right' if option.right else 'Not so'}: {plain_line(option.text)}. {plain_line(option.why)}")
            if view.observed:
                say(f"What happened: {view.observed}")
            if view.explain:
                say("\n" + plain_text(view.explain))
            say(f"The step is done. {self._onward}")


def _met(view: StepView) -> frozenset[str]:
    """What is accomplished."""
    return frozenset(condition.text for condition in view.conditions if condition.met)


def _unmet(view: StepView) -> frozenset[ConditionView]:
    """What is still to be done, and why."""
    return frozenset(condition for condition in view.conditions if not condition.met)
