"""Every sort of finding: its code, how grave it is, and what is behind it. Codes never change their meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Severity: TypeAlias = Literal["error", "warning"]


@dataclass(frozen=True)
class Code:
    """One sort of finding.

    Args:
        severity: an error keeps the lesson from being used or misleads a learner; a warning is worth a look.
        title: what is wrong, in a few words.
        text: why that matters, and how to mend it.
    """

    severity: Severity
    title: str
    text: str


CODES: Final[dict[str, Code]] = {
    # The file and its shape
    "unreadable": Code("error", "The file cannot be read", "It is missing, is a folder, or is not UTF-8 text."),
    "yaml": Code(
        "error",
        "Not valid YAML",
        "A text that contains “: ” or “ #”, or begins with one of `{[&*!|>'\"%@` and the backtick, stands in quotes; "
        "indentation is spaces. A key may be given once only.",
    ),
    "not-a-lesson": Code("error", "Not a lesson", "A lesson is a mapping with format, id, title, minutes and steps."),
    "not-a-fault": Code("error", "Not a fault", "A fault of challenges is a mapping with format, fault, title …"),
    "format": Code(
        "error",
        "Another format",
        "The file is written in a format this program does not read. A newer format needs a newer tutor; for an older "
        "one the finding says what to change.",
    ),
    "unknown-key": Code("error", "Unknown key", "No such key stands here; most are spelling mistakes."),
    "missing-key": Code("error", "A key is missing", "The key has no default, so it must be written."),
    "type": Code("error", "Another kind of value is wanted", "Such as a list where a text stands, or a bare `yes`."),
    "value": Code("error", "The value will not do", "The message says what the key takes."),
    "condition": Code("error", "Not a condition", "A condition has exactly one of the words listed under Conditions."),
    "step-kind": Code("error", "No such kind of step", "The kinds are read, task, challenge, predict, observe, quiz."),
    "index": Code(
        "error", "The index is no index", "`index.yaml` holds `format: 1` and a list of files, `lessons`, each once."
    ),
    "glossary": Code(
        "error", "The glossary is no glossary", "`glossary.yaml` is words with what they mean, and nothing else."
    ),
    "unlisted": Code("warning", "The index leaves a lesson out", "Learners see the lessons that `index.yaml` names."),
    "schema": Code(
        "warning", "The editors' schema is not current", "`tutor schema -o lesson.schema.json` writes it anew."
    ),
    "no-lessons": Code("error", "No lessons here", "The folder has no `index.yaml` and no other YAML file."),
    # What refers to what
    "duplicate-id": Code(
        "error", "An id is given twice", "Progress is kept by the ids of lessons and steps, so each is unique."
    ),
    "missing-file": Code(
        "error",
        "A file is missing",
        "Files and drawings are looked for beside the lesson file, then in tutor's assets; nowhere else.",
    ),
    "unused-file": Code(
        "warning", "A file is never used", "No text and no command mentions it, so a learner wonders what it is for."
    ),
    "term": Code("error", "The glossary lacks a term", "Words under `terms` are explained in `glossary.yaml`."),
    "unused-term": Code("warning", "A term is never used", "No text of the lesson says it."),
    "link": Code(
        "error",
        "A link or picture leads nowhere",
        "Links are https addresses. Pictures are drawings in text files, on a line of their own in a body.",
    ),
    "html": Code(
        "error",
        "Something that is taken for HTML",
        "Markdown leaves out what looks like a tag, such as `<name>` in a sentence. Put it in backticks.",
    ),
    "drawing": Code(
        "error",
        "A drawing without words",
        "`![…](file.txt)` says between its brackets, and a code block after ```` ```drawing ````, what the "
        "drawing shows. Plain mode says these words in its place.",
    ),
    "variable": Code(
        "error", "No such variable", "`((name))` stands for a variable of `vars`; `\\((name))` for these characters."
    ),
    "unused-variable": Code(
        "warning", "A variable is never used", "Nothing in the file refers to it, so nothing differs by it."
    ),
    "unknown-step": Code("error", "No such step", "`answered` names a step of the same lesson."),
    # Translations
    "translation": Code(
        "error",
        "A translation of nothing",
        "A translation has the shape of the lesson, with steps by their id, and holds only texts: title, summary, "
        "objectives, body, question, ask, accept, explain, of options text and why, of hints text, of conditions title "
        "and else, and files that are the same but for their comments. What a `wrong` expects is translated by "
        "itself, with the `else` it repeats.",
    ),
    "untranslated": Code(
        "warning", "Not translated", "What a translation lacks is shown as it was written, in the middle of the rest."
    ),
    "stale": Code(
        "warning",
        "The translation is older than what it translates",
        "`source` is a fingerprint of the texts that were translated. When they change, look at the translation again "
        "and write the new fingerprint, which the finding says.",
    ),
    # Steps
    "else": Code(
        "error",
        "A condition without else",
        "The learner always sees what is still missing; `else` is that sentence. One `else` may serve a whole `any`.",
    ),
    "expect": Code("error", "No condition says that", "`expect` repeats word for word the `else` a mistake brings up."),
    "hints": Code("error", "The last hint is no command", "Hints end with a command, so that nobody is left stuck."),
    "no-hints": Code(
        "warning", "A task without hints", "Whoever is stuck can only have the step shown, or pass it over."
    ),
    "vague": Code(
        "warning",
        "A condition that asks for nothing much",
        "It leaves out what it is to look at, so that almost anything will do. A `field` without a test asks only that "
        "the field is there; `absent: false` says that this is meant.",
    ),
    "options": Code(
        "error",
        "The options do not fit the question",
        "A prediction has one right option; a quiz at least one right and one wrong; no option is given twice.",
    ),
    "several": Code(
        "error",
        "Several answers, and the question does not say so",
        "Ask “Which two …?”, “Which of these are …?”, or end with “(several)”.",
    ),
    # Texts
    "command": Code(
        "error",
        "A command that cannot run",
        "Every command that is listed, every code block in `sh`, `bash`, `shell` or `console`, and inline code that "
        "begins with kubectl, curl, wget, nslookup, dig, apt-get or apk must name a program, verb, kind and flags that "
        "the simulation has. `…`, `<name>` and `NAME` may stand for anything. To show what does not run, use a code "
        "block in another language, such as ```` ```text ````, or italics instead of inline code.",
    ),
    "split": Code(
        "error",
        "A comma has split a command",
        "In a YAML list between brackets a comma ends the entry: `[kubectl get pods,svc]` is two commands, the second "
        "`svc`. Put the command in quotes, or write the list with a dash before each.",
    ),
    "name": Code(
        "error",
        "A name the learner cannot know",
        "A condition wants a name, port, image, file or namespace that stands in no text up to here: not in a title, "
        "body, question, option, offered command or `else`, nor in what the lesson itself set up. Hints do not count.",
    ),
    "width": Code(
        "error",
        "Wider than the page",
        "A terminal of 80 columns shows 60. Prose is wrapped; code blocks, drawings, tables and single words are not, "
        "and scroll sideways where the panes beside the lesson leave it less.",
    ),
    "minutes": Code(
        "warning",
        "Minutes that are not plausible",
        "Reading at 150 words a minute, 20 seconds a command and some time a step add up to less than half or more "
        "than twice of what the lesson says.",
    ),
    # Played
    "setup": Code("error", "The cluster cannot be set up", "A command of `cluster` or of a step's `setup` fails."),
    "entry": Code(
        "error", "Done before it begins", "The conditions hold at the step's entry, so there is nothing to do."
    ),
    "wrong": Code(
        "error",
        "A mistake is not met as foreseen",
        "After the commands of a `wrong` the step passes, or the first unmet condition says something else. Or the "
        "learner reads what stood there at entry, since the commands only fail: a verb, kind, flag or object that is "
        "not there is no mistake somebody makes.",
    ),
    "solve": Code("error", "A solution does not solve", "After `solve` or one of `alternatives` a condition is unmet."),
    "hint": Code(
        "error",
        "The hints lead nowhere",
        "Neither the last hint's command nor the commands of all hints in their order accomplish the step. Hints with "
        "`when` do not count.",
    ),
    "astray": Code(
        "error",
        "What is offered leads astray",
        "A command of a hint, or one of `commands`, names an object that is not there; or one of `commands` changes "
        "the cluster while all of them bring the step no nearer. What stands in `solve`, `alternatives` or `wrong` too "
        "is meant.",
    ),
    "unproved": Code(
        "warning",
        "A command that nothing proves",
        "The command of a hint with `when` is tried at the step's entry and after each `wrong`, wherever the condition "
        "holds. It holds in none of these.",
    ),
    "ladder": Code(
        "error",
        "The ladder stands nowhere",
        "`ladder` names the Service and the client of the request that fails. There is no such Service after `solve`, "
        "or no such client.",
    ),
    "undo": Code(
        "error",
        "Undo does not take it back",
        "The solution changes the cluster, and the step stays done when all is undone: ask for the change itself.",
    ),
    "reset": Code("error", "Reset does not lead back", "After reset the cluster is not as it was at entry."),
    "fault": Code("error", "A fault of the simulation", "A command ended in an internal fault or is not simulated."),
    "named": Code(
        "error",
        "A condition of a package fails",
        "The function behind a `named` condition raises instead of saying whether it holds. The learner reads that as "
        "what is missing, and the step cannot be accomplished; it can be skipped.",
    ),
    "answer": Code("error", "The question has no sure answer", "The cluster has no such value, or any text is right."),
    "symptom": Code(
        "error",
        "A fault does not show as its file says",
        "With the fault alone, the client's call ends as `symptom` says; with any faults it is not answered rightly, "
        "and each fault's `present` holds until it is repaired. No repair is refused before there is one.",
    ),
    "reveal": Code("error", "Nothing to reveal", "After the prediction the cluster has no value at that place."),
}
"""By code."""


def severity_of(code: str) -> Severity:
    """How grave a finding of that code is."""
    return CODES[code].severity if code in CODES else "error"
