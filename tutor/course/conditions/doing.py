"""Conditions over what was typed, where the prompt is, files, and named conditions of installed packages."""

from __future__ import annotations

import inspect
import re
import shlex
from typing import Any, Literal

from pydantic import Field, model_validator

from tutor.course.conditions.base import Leaf, Pattern, Record
from tutor.course.conditions.evidence import HOST, Call, Evidence, Played
from tutor.course.conditions.kubectl_call import KubectlCall, plain_flag, read_call
from tutor.course.conditions.named import BrokenConditionError, named_condition
from tutor.course.conditions.traffic import Where
from tutor.engine.resources import find_resource


class Running(Record):
    """Which command line counts.

    Without `exit_code`, kubectl commands given by `verb` must have succeeded and all others may have failed.

    Args:
        verb: a verb of kubectl, such as `get`.
        resource: the kind it is about, in any spelling: `svc` means `services`.
        name: the object it names.
        namespace: the namespace it is about.
        flags: its flags by long or short name, with their values: `{output: wide}`, `{A: true}`.
        command: a regular expression, searched for in the line as typed and in each command it ran.
        output: a regular expression, searched for in what it showed.
        exit_code: the exit status it ended with, or `any`.
        place: (`in`) where it was run.
    """

    verb: str | None = None
    resource: str | None = None
    name: str | None = None
    namespace: str | None = None
    flags: dict[str, str | bool | int] = Field(default_factory=dict)
    command: Pattern | None = None
    output: Pattern | None = None
    exit_code: int | Literal["any"] | None = None
    place: Where | None = Field(None, alias="in")

    @model_validator(mode="after")
    def _says_which(self) -> Running:
        if self.verb is None and self.command is None:
            raise ValueError("say which command: verb (of kubectl) or command (a regular expression)")
        if self.resource is not None and find_resource(self.resource) is None:
            raise ValueError(f"there is no kind {self.resource!r} in the simulated cluster")
        if self.verb is None and (self.resource or self.name or self.namespace or self.flags):
            raise ValueError("resource, name, namespace and flags go with verb")
        return self

    @property
    def wanted_code(self) -> int | None:
        """The exit status it must have had; None for any."""
        if isinstance(self.exit_code, int):
            return self.exit_code
        free = self.exit_code == "any" or self.output is not None or self.command is not None
        return None if free else 0


class Ran(Leaf):
    """`ran: {verb: get, resource: services}`: such a command was run in this step, however it was written."""

    ran: Running

    def holds(self, evidence: Evidence) -> bool:
        """Whether one of the lines fits."""
        return any(self._fits(played, evidence) for played in evidence.played)

    def _fits(self, played: Played, evidence: Evidence) -> bool:
        ran = self.ran
        if ran.place is not None and not ran.place.is_shell(played.where, evidence.store):
            return False
        if ran.output is not None and re.search(ran.output, played.output) is None:
            return False
        if ran.verb is not None:
            return any(self._is_call(call) for call in played.calls)
        assert ran.command is not None  # noqa: S101  # the schema has checked it
        if re.search(ran.command, played.command):
            return ran.wanted_code in {None, played.exit_code}
        return any(
            re.search(ran.command, shlex.join(call.argv)) and ran.wanted_code in {None, call.exit_code}
            for call in played.calls
        )

    def _is_call(self, call: Call) -> bool:
        ran = self.ran
        if ran.wanted_code not in {None, call.exit_code}:
            return False
        if ran.command is not None and not re.search(ran.command, shlex.join(call.argv)):
            return False
        kubectl = read_call(call.argv)
        return kubectl is not None and kubectl.verb == ran.verb and self._is_about(kubectl)

    def _is_about(self, kubectl: KubectlCall) -> bool:
        ran = self.ran
        resource = find_resource(ran.resource) if ran.resource else None
        return (
            (resource is None or resource.plural in kubectl.resources)
            and (ran.name is None or ran.name in kubectl.names)
            and (ran.namespace is None or kubectl.namespace == ran.namespace)
            and all(kubectl.has_flag(plain_flag(flag), value) for flag, value in ran.flags.items())
        )

    def described(self) -> str:
        """Such as `kubectl get services was run`."""
        ran = self.ran
        words = [f"kubectl {ran.verb}", ran.resource or "", ran.name or ""] if ran.verb else ["a command"]
        words += [f"-n {ran.namespace}"] if ran.namespace else []
        words += [f"--{plain_flag(flag)}" + ("" if value is True else f"={value}") for flag, value in ran.flags.items()]
        words += [f"with {ran.command}"] if ran.command else []
        words += ["was run"]
        words += [f"in {ran.place.described()}"] if ran.place else []
        words += [f"and showed {ran.output}"] if ran.output else []
        words += [f"and ended with {ran.exit_code}"] if isinstance(ran.exit_code, int) and ran.exit_code else []
        return " ".join(filter(None, words))


class Inside(Leaf):
    """`inside: {image: ubuntu}`: the prompt is that of a shell in such a Pod; `inside: host`: of no Pod."""

    inside: Where

    def holds(self, evidence: Evidence) -> bool:
        """Whether the prompt is there now."""
        return self.inside.is_shell(evidence.where, evidence.store)

    def described(self) -> str:
        """Such as `you are in a Pod of the image ubuntu`."""
        where = self.inside.described()
        return f"you are {'at' if self.inside.pod == HOST else 'in'} {where}"


class Software(Record):
    """An executable, and the Pods to look for it in.

    Args:
        command: its name.
        place: (`in`) the Pods, one of which is to have it.
    """

    command: str
    place: Where = Field(alias="in")


class Installed(Leaf):
    """`installed: {command: curl, in: {app: nginx}}`: one such Pod has the executable."""

    installed: Software

    def holds(self, evidence: Evidence) -> bool:
        """Whether one Pod has it."""
        pods = evidence.store.list("Pod", self.installed.place.namespace or None)
        return any(
            evidence.installed(pod["metadata"]["namespace"], pod["metadata"]["name"], self.installed.command)
            for pod in pods
            if self.installed.place.is_pod(pod)
        )

    def described(self) -> str:
        """Such as `a Pod with app=nginx has curl`."""
        return f"{self.installed.place.described()} has {self.installed.command}"


class FileText(Record):
    """A file on the learner's computer, and what is to stand in it.

    Args:
        path: its path; relative ones start at the home folder.
        contains: a text that stands in it.
        matches: a regular expression, searched for in its text.
    """

    path: str
    contains: str | None = None
    matches: Pattern | None = None


class FileHas(Leaf):
    """`file: {path: svc.yaml, contains: nodePort}`: a file of the host shell exists and holds that text."""

    file: FileText

    def holds(self, evidence: Evidence) -> bool:
        """Whether the file is there with that in it."""
        text = evidence.read_file(self.file.path)
        return (
            text is not None
            and (self.file.contains is None or self.file.contains in text)
            and (self.file.matches is None or re.search(self.file.matches, text) is not None)
        )

    def described(self) -> str:
        """Such as `svc.yaml contains nodePort`."""
        tests = (("contains", self.file.contains), ("matches", self.file.matches))
        said = " and ".join(f"{word} {wanted}" for word, wanted in tests if wanted)
        return f"{self.file.path} {said}" if said else f"the file {self.file.path} exists"


class OutputText(Record):
    """What is to stand in the output of a command.

    Args:
        contains: a text.
        matches: a regular expression.
    """

    contains: str | None = None
    matches: Pattern | None = None

    @model_validator(mode="after")
    def _says_what(self) -> OutputText:
        if (self.contains is None) == (self.matches is None):
            raise ValueError("write contains or matches, one of the two")
        return self


class OutputHas(Leaf):
    """`output: {contains: 200 OK}`: some command of this step showed that."""

    output: OutputText

    def holds(self, evidence: Evidence) -> bool:
        """Whether one of the outputs has it."""
        if self.output.contains is not None:
            return any(self.output.contains in played.output for played in evidence.played)
        return any(re.search(self.output.matches or "", played.output) for played in evidence.played)

    def described(self) -> str:
        """Such as `a command shows 200 OK`."""
        return f"a command shows {self.output.contains or self.output.matches}"


class Answered(Leaf):
    """`answered: guess`: that step of the lesson has been answered, rightly or not."""

    answered: str

    def holds(self, evidence: Evidence) -> bool:
        """Whether there is an answer."""
        return self.answered in evidence.answers

    def described(self) -> str:
        """Such as `guess is answered`."""
        return f"{self.answered} is answered"


class Named(Leaf):
    """`named: quota-left, with: {of: pods}`: a condition that an installed Python package offers.

    Args:
        arguments: (`with`) what it is called with.
    """

    named: str
    arguments: dict[str, Any] = Field(default_factory=dict, alias="with")

    @model_validator(mode="after")
    def _callable(self) -> Named:
        """See that the package is there, and that its function takes these arguments."""
        function = named_condition(self.named)
        try:
            inspect.signature(function).bind(None, **self.arguments)
        except TypeError as error:
            raise ValueError(f"the condition {self.named!r} cannot be called with these arguments: {error}") from error
        return self

    def holds(self, evidence: Evidence) -> bool:
        """What the package's function says.

        Raises:
            BrokenConditionError: it fails.
        """
        try:
            return bool(named_condition(self.named)(evidence, **self.arguments))
        except (Exception, SystemExit) as error:  # whatever a package of others does
            raise BrokenConditionError(self.named, error) from error

    def described(self) -> str:
        """Its name."""
        return self.named
