"""The rules for texts and commands find what they should, where it stands, and leave what is right alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.course.lessons import DEPLOYMENT, HEAD, written
from tutor.author.commandline import faults_of, is_command, shown_open, unquoted
from tutor.author.markdown import take_apart
from tutor.author.rules import broken_text_rules
from tutor.author.rules.minutes import minutes_of
from tutor.author.rules.names import says
from tutor.course.loader import load_lesson
from tutor.course.problems import Problem

STEPS = """\
steps:
  - id: look
    kind: read
    body: |
      Type `kubectl get pods -o wide`.

      ```sh
      kubectl get svc
      ```
  - id: scale
    kind: task
    title: Scale web
    until: {field: {object: deployment/web, path: spec.replicas, equals: 3}, title: Three, else: Not three.}
    hints: [{command: kubectl scale deployment web --replicas=3}]
    solve: [kubectl scale deployment web --replicas=3]
  - id: recap
    kind: quiz
    question: Which is right?
    options:
      - {text: This, right: true, why: Yes.}
      - {text: That, why: No.}
"""
LESSON = HEAD + DEPLOYMENT + STEPS


def problems(folder: Path, text: str) -> list[Problem]:
    loaded = load_lesson(written(folder, text))
    assert loaded.lesson is not None, loaded.problems
    return list(broken_text_rules(loaded, loaded.lesson))


def test_a_lesson_in_order_has_no_findings(tmp_path: Path) -> None:
    assert problems(tmp_path, LESSON) == []


@pytest.mark.parametrize(
    ("right", "wrong", "code", "at", "words"),
    [
        ("pods -o wide`", "podz -o wide`", "command", "kubectl get podz", "has no kind 'podz'"),
        ("pods -o wide`", "pods --wide`", "command", "kubectl get pods --wide", "unknown flag: --wide"),
        ("kubectl get svc\n", "kubectl gte svc\n", "command", "kubectl gte", 'unknown command "gte"'),
        ("kubectl get svc\n", "kubctl get svc\n", "command", "kubctl", "there is no program 'kubctl'"),
        ("kubectl get svc\n", "echo 'a\n", "command", "echo 'a", "would wait for the rest"),
        ("`kubectl get pods", "`curl --nope x` `kubectl get pods", "command", "curl --nope", "--nope: is unknown"),
        ("solve: [kubectl", 'solve: [kubectl apply -f wub.yaml, kubectl', "command", "kubectl apply -f w", "no file"),
        ("deployment/web, path", "deployment/wub, path", "name", "until", "wants 'wub'"),
        ("Type `", f"{'x' * 61} `", "width", "x" * 61, "takes 61 columns"),
        ("      kubectl get svc\n", f"      echo {'y' * 56}\n", "width", "echo y", "takes 61 columns"),
        ("Type `", "[here](there.md) `", "link", "there.md", "leads nowhere"),
        ("Type `", "![a](picture.png) `", "link", "picture.png", "cannot be shown"),
        ("Type `", "[here](http://a.example) `", "link", "http://a", "is not safe"),
        ("Type `", "Put <name> in `", "html", "<name>", "<name> looks like HTML and is not shown"),
        ("Type `", "A<br>b `", "html", "<br>", "<br> looks like HTML"),
        ("    hints: [{command: kubectl scale deployment web --replicas=3}]\n", "", "no-hints", "id", "no hint"),
        ("minutes: 3\n", "minutes: 3\nvars: {n: 5}\n", "unused-variable", "n: 5", "refers to the variable 'n'"),
        ("next_cluster_ips: [10", "next_cluster_ips: [1.2.3, 10", "value", "1.2", "'1.2.3' is no IPv4 address"),
        ("next_cluster_ips: [10", "next_cluster_ips: [192.168.1.1, 10", "value", "192", "is not among the addresses"),
        ("next_cluster_ips: [10", "next_cluster_ips: [10.254.0.10, 10", "value", "10.", "of the Service kube-dns"),
        ("next_cluster_ips: [10", "next_cluster_ips: [10.254.7.7, 10", "value", "10.", "is listed twice"),
        ("{text: That, why: No.}", "{text: That, right: true, why: No.}", "options", "options:", "every option"),
        ("{text: That, why: No.}", "{text: X, why: No.}\n      - {text: Y, right: true, why: Y}", "several", "q", ""),
        ("minutes: 3", "minutes: 9", "minutes", "minutes", "add up to about 2"),
        ("minutes: 3\n", "minutes: 3\nterms: [Gadget]\n", "term", "Gadget", "the glossary has no 'Gadget'"),
        ("files:\n", "files:\n  spare.txt: a\n", "unused-file", "spare.txt", "mentions spare.txt"),
    ],
)  # fmt: skip
def test_a_fault_is_found_where_it_stands(
    tmp_path: Path, right: str, wrong: str, code: str, at: str, words: str
) -> None:
    assert right in LESSON
    text = LESSON.replace(right, wrong, 1)
    found = problems(tmp_path, text)
    assert [problem.code for problem in found] == [code]
    assert words in found[0].message
    line = text.splitlines()[found[0].line - 1]
    assert line[found[0].column - 1 :].startswith(at)


def test_terms_are_explained_used_and_listed_once(tmp_path: Path) -> None:
    written(tmp_path, "Pod: A.\nService: B.\nquorum: C.\n", "glossary.yaml")
    text = LESSON.replace("minutes: 3\n", "minutes: 3\nterms: [Pod, pod, quorum, Pod]\n")
    assert [(problem.code, problem.message) for problem in problems(tmp_path, text)] == [
        ("term", "the glossary has no 'pod'"),
        ("unused-term", "no text says 'quorum'"),
        ("term", "the term 'Pod' is listed twice"),
    ]


@pytest.mark.parametrize(
    ("condition", "missing"),
    [
        ("exists: service/cart, title: A Service", ["cart"]),
        ("exists: service/cart", []),  # without a title the learner reads “Service cart exists”
        ("exists: shop/service/web, title: A Service", ["shop"]),
        ("exists: service/web, title: A Service, else: Call it cart", []),
        ("endpoints: {service: cart, ready: 2}, title: Two", ["cart"]),
        ('request: {from: {image: busybox}, url: "http://web:8081/x"}, title: Asked', ["8081", "busybox"]),
        ("resolves: {name: cart.shop.svc.cluster.local}, title: Asked", ["cart", "shop"]),
        ("field: {object: service/web, path: 'spec.ports[0].port', equals: 8080}, title: Port", ["8080"]),
        ("field: {object: service/web, path: status.phase, equals: Odd}, title: Odd", []),
        ("file: {path: notes.yaml}, title: Written", ["notes.yaml"]),
        ("not: {exists: service/cart}, title: None", []),
        ("any: [{exists: service/cart}, {exists: service/web}], title: One of them", []),
        ("any: [{exists: service/cart}, {exists: service/shop}], title: One of them", ["cart"]),
        ("ran: {verb: get, name: cart}, title: Got", ["cart"]),
        ("installed: {command: dig, in: {app: web}}, title: There", ["dig"]),
    ],
)
def test_names_that_conditions_want_are_said(tmp_path: Path, condition: str, missing: list[str]) -> None:
    end = "" if "else" in condition else ", else: Not yet."
    text = LESSON.replace(UNTIL, f"until: {{{condition}{end}}}")
    found = [problem.message for problem in problems(tmp_path, text) if problem.code == "name"]
    assert found == [f"the condition wants {name!r}, and no text up to here says so" for name in missing]


def test_a_name_is_a_word_of_its_own() -> None:
    assert says("Call it nginx-clusterip.", "nginx-clusterip")
    assert not says("Call it nginx-clusterip.", "nginx")
    assert says("http://web:8080/", "8080")


@pytest.mark.parametrize(
    "line",
    [
        "kubectl scale deploy web --replicas=$N",
        "POD=$(kubectl get pods -o name | head -n 1); kubectl exec -it $POD -- sh -c 'curl -s http://web'",
        "for p in $(seq 3); do kubectl get \"$p\"; done",
        "k get po,svc",
        "kubectl get all",
        "kubectl get svc/web -ojsonpath='{.spec.clusterIP}'",
        "kubectl $VERB pods",
        "sudo -u root apt-get update -y && apk add curl",
        "timeout 3 curl -sS http://web",
        "kubectl --help",
        "kubectl get svc -o custom-columns=A:.metadata.name",
        "kubectl get svc -o $FORMAT",
        "kubectl create deployment a --image=b --dry-run=client -oyaml",
        "kubectl apply -f - <<EOF\nkind: x\nEOF",
        "./run.sh",
        "A=1 kubectl get pods",
    ],
)  # fmt: skip
def test_commands_that_run_have_no_faults(line: str) -> None:
    assert list(faults_of(line, {"web.yaml"})) == []


@pytest.mark.parametrize(
    "line",
    [
        "kubectl exec web -- kurl http://web",
        "kubectl exec web -- sh -c 'curl --nope'",
        "kubectl get pods | gerp web",
        "kubectl create secret generic x",
        "kubectl get pods --as=me",
        "kubectl get pods -o wdie",
        "kubectl create deployment a --image=b --dry-run=clint",
        "kubectl apply -f wob.yaml",
        "echo $(kubectl gte pods)",
        "if true; then",
        "echo )",
    ],
)
def test_commands_that_cannot_run_have(line: str) -> None:
    assert list(faults_of(line, {"web.yaml"})) != []


@pytest.mark.parametrize(
    ("word", "got"),
    [
        ("a'b $c'd", "ab $cd"),
        ('"x $(a "b") y"z', "x 0 yz"),
        ("${A:-b}c", "0c"),
        ("`date`", "0"),
        ("a\\ b", "a b"),
        ("$1$?x", "00x"),
        ('"\\$x"', "$x"),
    ],
)
def test_words_are_read_as_the_program_gets_them(word: str, got: str) -> None:
    assert unquoted(word) == got


def test_what_an_author_leaves_open_stands_for_anything() -> None:
    assert shown_open("kubectl exec … -- curl <url> NAME") == "kubectl exec 0 -- curl 0 0"
    assert shown_open("echo $POD_NAME") == "echo $POD_NAME"


def test_only_commands_of_the_lessons_tools_are_read_as_such() -> None:
    assert is_command("kubectl get pods")
    assert not is_command("kubectl")
    assert not is_command("app: nginx")


def test_a_block_with_prompts_is_read_as_input_and_output(tmp_path: Path) -> None:
    block = (
        "      ```console\n      $ kubectl get pods\n      NAME   READY\n"
        "      / # cat <<E\n      x\n      E\n      ```\n"
    )
    text = LESSON.replace("      ```sh\n      kubectl get svc\n      ```\n", block)
    assert problems(tmp_path, text) == []
    assert [each.code for each in problems(tmp_path, text.replace("$ kubectl get", "$ kubectl gut"))] == ["command"]


@pytest.mark.parametrize(
    ("language", "lines", "codes"),
    [
        ("sh", "# list\nkubectl get svc", []),
        ("sh", "#list\nkubectl get svc\n# then kubectl get pods", []),
        ("bash", "# First, look at the Services:\nkubectl gut svc", ["command"]),
        ("sh", "$ kubectl get svc\n# frobnicate the rest", []),
        ("console", "root@web:/# curl -s web\n# frobnicate", ["command"]),
        ("console", "/ # nslookup web\n# frobnicate", ["command"]),
        ("console", "/ # frobnicate", ["command"]),
        ("console", "learner@laptop:~$ kubectl gut svc\nNAME", ["command"]),
        ("console", "bash-5.2# ls\n# frobnicate", ["command"]),
    ],
)
def test_a_bare_sign_is_roots_prompt_only_where_root_is_at_another(
    tmp_path: Path, language: str, lines: str, codes: list[str]
) -> None:
    block = f"```{language}\n{lines}".replace("\n", "\n      ")
    text = LESSON.replace("```sh\n      kubectl get svc", block)
    assert [each.code for each in problems(tmp_path, text)] == codes


def test_a_tag_in_code_a_comment_and_an_address_in_brackets_are_fine(tmp_path: Path) -> None:
    text = LESSON.replace("Type `", "Put `<name>` <https://a.example> <!-- say more --> `")
    assert problems(tmp_path, text) == []


def test_what_is_said_of_a_repair_is_a_text_and_a_rehearsal_has_commands(tmp_path: Path) -> None:
    more = """\
    refused: [{when: {exists: service/x}, because: See `kubectl gut pods`.}]
    rehearsal: {do: [kubectl gat pods], until: {exists: service/x, else: Use `kubectl got pods`.}}
"""
    text = LESSON.replace("    kind: task\n", f"    kind: challenge\n{more}")
    found = [(each.place, each.code) for each in problems(tmp_path, text)]
    assert found == [
        ("steps › scale › rehearsal › do 1", "command"),
        ("steps › scale › refused 1 › because", "command"),
        ("steps › scale › rehearsal › until › else", "command"),
    ]


UNTIL = "until: {field: {object: deployment/web, path: spec.replicas, equals: 3}, title: Three, else: Not three.}"


@pytest.mark.parametrize(
    ("condition", "code", "words"),
    [
        ("request: {}", "vague", "any request at all"),
        ("request: {outcome: ok}", "", ""),
        ("endpoints: {service: web}", "vague", "no number of addresses"),
        ("endpoints: {service: web, not-ready: 0}", "", ""),
        ("field: {object: deployment/web, path: spec.replicas}", "vague", "any value"),
        ("field: {object: deployment/web, path: spec.replicas, absent: false}", "", ""),
        ("not: {field: {object: deployment/web, path: spec.replicas}}", "vague", "any value"),
        ("ran: {verb: gett}", "command", 'unknown command "gett"'),
        ("ran: {verb: debug}", "command", "is not simulated"),
        ("ran: {verb: get, flags: {outputt: wide}}", "command", "no flag 'outputt'"),
        ("ran: {verb: get, flags: {-o: wide, A: true, n: web, --watch: false}}", "", ""),
        ("ran: {verb: logs, flags: {f: true, tail: 1}}", "", ""),
        ("ran: {verb: rollout, flags: {timeout: 5s}}", "", ""),
        ("ran: {verb: create, flags: {tcp: 80}}", "", ""),
    ],
)
def test_conditions_ask_for_something_that_there_is(tmp_path: Path, condition: str, code: str, words: str) -> None:
    text = LESSON.replace(UNTIL, f"until: {{{condition}, title: web, else: Not yet.}}")
    found = problems(tmp_path, text)
    assert [each.code for each in found] == ([code] if code else [])
    assert all(words in each.message for each in found)


def test_a_field_without_a_test_says_enough_where_a_hint_is_given(tmp_path: Path) -> None:
    hints = "hints: [{when: {field: {object: deployment/web, path: spec.paused}}, text: Go on.}, {command"
    assert problems(tmp_path, LESSON.replace("hints: [{command", hints)) == []


@pytest.mark.parametrize("name", ["kubernetes", "kube-system/service/kube-dns"])
def test_what_every_cluster_has_need_not_be_said(tmp_path: Path, name: str) -> None:
    path = name if "/" in name else f"service/{name}"
    until = f"until: {{field: {{object: {path}, path: spec.type, equals: ClusterIP}}, title: ClusterIP, else: Not.}}"
    assert problems(tmp_path, LESSON.replace(UNTIL, until)) == []


@pytest.mark.parametrize(
    ("question", "clear"),
    [
        ("Which is right?", False),
        ("Which of these decide it?", True),
        ("Which of the following are true?", True),
        ("Which of the Pods answer?", True),
        ("Which of these decides it?", False),
        ("Which of these is right?", False),
        ("Which two are right?", True),
        ('"What is right? (several)"', True),
    ],
)
def test_a_question_with_several_answers_says_so(tmp_path: Path, question: str, clear: bool) -> None:
    more = "      - {text: That, why: No.}\n      - {text: Both, right: true, why: Yes.}\n"
    text = LESSON.replace("      - {text: That, why: No.}\n", more).replace("Which is right?", question)
    assert [each.code for each in problems(tmp_path, text)] == ([] if clear else ["several"])


def test_a_text_block_only_illustrates(tmp_path: Path) -> None:
    text = LESSON.replace("```sh\n      kubectl get svc", "```text\n      kubectl gut svc")
    assert problems(tmp_path, text) == []


@pytest.mark.parametrize(
    ("block", "codes"),
    [
        ("```drawing A Pod\n      ┌───┐", []),
        ("```drawing\n      /-\\", ["drawing"]),
        ("```text\n      ┌───┐", ["drawing"]),
        ("```text\n      name: a  # b", []),
    ],
)
def test_a_drawing_says_what_it_shows(block: str, codes: list[str], tmp_path: Path) -> None:
    text = LESSON.replace("```sh\n      kubectl get svc", block)
    assert [each.code for each in problems(tmp_path, text)] == codes


def test_tables_are_measured_as_they_are_shown() -> None:
    wide = take_apart(f"| a | b |\n|---|---|\n| {'x' * 30} | y |\n| x | {'y' * 30} |\n")
    assert wide.tables == [("a", 64)]
    assert wide.lines == []


def test_wide_signs_take_two_cells() -> None:
    assert [width for _, width in take_apart("```\n服务é\n```").lines] == [5]


def test_more_to_read_and_do_takes_longer(tmp_path: Path) -> None:
    short = load_lesson(written(tmp_path, LESSON)).lesson
    long = load_lesson(written(tmp_path, LESSON.replace("Type `", "word " * 150 + "`"))).lesson
    assert short is not None
    assert long is not None
    assert minutes_of(long) - minutes_of(short) == pytest.approx(1.0, abs=0.01)


def test_of_a_questions_reasons_two_are_read(tmp_path: Path) -> None:
    """However many answers there are: that of the right one, and that of the one chosen."""
    two = LESSON.replace("why: No.", f"why: {'word ' * 150}")
    three = two.replace("\n      - {text: That", f"\n      - {{text: X, why: {'word ' * 150}}}\n      - {{text: That")
    lessons = [load_lesson(written(tmp_path, text)).lesson for text in (LESSON, two, three)]
    plain, with_two, with_three = (minutes_of(lesson) for lesson in lessons if lesson is not None)
    assert with_two - plain == pytest.approx(1.0, abs=0.02)
    assert with_three - plain == pytest.approx(4 / 3, abs=0.02)


@pytest.mark.parametrize(
    ("listed", "at", "meant"),
    [
        ("[kubectl get pods,svc]", ["svc"], "kubectl get pods,svc"),
        ("[kubectl get pods, svc]", [], ""),
        ("[kubectl get pods -l app=web,tier=front]", ["tier=front"], "kubectl get pods -l app=web,tier=front"),
        (
            "[kubectl get svc, kubectl get pods -o custom-columns=A:.a,B:.b,C:.c, kubectl get svc]",
            ["B:.b", "C:.c"],
            "kubectl get pods -o custom-columns=A:.a,B:.b,C:.c",
        ),
        ("[sh -c 'echo a, b']", ["b'"], "sh -c 'echo a, b'"),
        ("[kubectl get pods,kubectl get svc]", [], ""),
        ("['kubectl get pods,svc', kubectl get svc]", [], ""),
    ],
)
def test_a_command_that_a_comma_has_split(tmp_path: Path, listed: str, at: list[str], meant: str) -> None:
    text = LESSON.replace("    title: Scale web\n", f"    title: Scale web\n    commands: {listed}\n")
    found = [problem for problem in problems(tmp_path, text) if problem.code == "split"]
    lines = text.splitlines()
    assert [lines[each.line - 1][each.column - 1 :][: len(piece)] for each, piece in zip(found, at, strict=True)] == at
    assert all(meant in each.mend for each in found)
