"""What was played in a sandbox becomes a lesson that is proved."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import yaml

from tutor.author.check import check
from tutor.author.recording import Recording, lesson_of
from tutor.cli import main
from tutor.course.conditions.evidence import Evidence, Played
from tutor.engine.store import Store

SERVICE = """\
kubectl expose deployment nginx-deployment --name web --port 80
kubectl run client --image=curlimages/curl --command -- sleep infinity
kubectl exec client -- curl -sS http://web
kubectl exec client -- curl -sS http://nope
kubectl get nonsense
kubectl scale deployment nginx-deployment --replicas=2
"""
FILES = """\
cat > map.yaml <<EOF
apiVersion: v1
kind: ConfigMap
metadata: {name: one}
data: {a: b}
EOF
kubectl apply -f map.yaml
kubectl create namespace shop
kubectl create deployment cart --image=nginx -n shop
"""
GONE = """\
kubectl create configmap two
undo
kubectl delete svc nginx-clusterip
kubectl run box -it --rm --image=busybox --restart=Never -- sh
nslookup kubernetes.default.svc.cluster.local
exit
"""
NAME = """\
kubectl run box --image=busybox -- sleep 1d
kubectl wait --for=condition=Ready pod/box
kubectl exec box -- nslookup nginx-clusterip
"""
LOOK = "kubectl get pods -o wide\n"


def record(monkeypatch: pytest.MonkeyPatch, path: Path, typed: str, cluster: str = "nginx") -> dict[str, object]:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    assert main(["record", "--cluster", cluster, "-o", str(path)]) == 0
    lesson = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    assert isinstance(lesson, dict)
    return lesson


@pytest.mark.parametrize(
    ("typed", "cluster"), [(SERVICE, "nginx"), (FILES, "empty"), (GONE, "service"), (LOOK, "nginx")]
)
def test_what_was_played_is_a_lesson_that_is_proved(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, typed: str, cluster: str
) -> None:
    path = tmp_path / "recorded.yaml"
    record(monkeypatch, path, typed, cluster)
    report = check([path])
    assert [str(each) for each in report.problems] == []


def test_conditions_are_proposed_from_changes_and_requests(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lesson = record(monkeypatch, tmp_path / "my-first.yaml", SERVICE)
    assert (lesson["id"], lesson["title"]) == ("my-first", "My first")
    (step,) = lesson["steps"]  # type: ignore[misc,attr-defined]
    assert [each["title"] for each in step["until"]["all"]] == [
        "spec.replicas of Deployment nginx-deployment is 2",
        "Pod client exists",
        "Service web exists",
        "2 ready addresses behind Service web",
        "A call of http://web from a Pod with run=client is answered",
        "A call of http://nope from a Pod with run=client finds no such name",
    ]
    assert "kubectl exec client -- curl -sS http://nope" in step["solve"]
    assert "kubectl get nonsense" not in step["solve"]


def test_what_was_undone_is_not_in_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lesson = record(monkeypatch, tmp_path / "gone.yaml", GONE, "service")
    assert "configmap" not in str(lesson)
    assert "absent" in str(lesson)


def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "there.yaml"
    path.write_text("mine", encoding="utf-8")
    assert main(["record", "-o", str(path)]) == 2
    assert main(["record", "--cluster", "nonsense"]) == 2
    assert path.read_text(encoding="utf-8") == "mine"
    assert capsys.readouterr().err.count("\n") == 2


def test_a_file_that_was_written_is_there_and_its_writing_is_no_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lesson = record(monkeypatch, tmp_path / "files.yaml", FILES, "empty")
    (step,) = lesson["steps"]  # type: ignore[misc,attr-defined]
    assert step["solve"][0] == "kubectl apply -f map.yaml"
    assert list(lesson["files"]) == ["map.yaml"]  # type: ignore[call-overload]


def test_what_a_command_read_goes_with_it(tmp_path: Path) -> None:
    written = Played("cat > map.yaml", fed=("a: b",))
    applied = Played("kubectl apply -f -", fed=("kind: ConfigMap",))
    looked = Played("cat map.yaml")
    evidence = Evidence(Store(), Store(), played=(written, applied, looked))
    lesson = lesson_of(Recording(evidence, {"map.yaml": "a: b\n"}), "made", "Made")
    assert lesson["steps"][0]["solve"] == ["kubectl apply -f - <<'EOF'\nkind: ConfigMap\nEOF", "cat map.yaml"]
    assert lesson["files"] == {"map.yaml": "a: b\n"}


def test_a_name_that_was_found_is_asked_for_though_others_were_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lesson = record(monkeypatch, tmp_path / "name.yaml", NAME, "service")
    (step,) = lesson["steps"]  # type: ignore[misc,attr-defined]
    assert {"asked": "nginx-clusterip", "from": {"run": "box"}} in [
        each.get("resolves") for each in step["until"]["all"]
    ]


def test_conditions_are_short_to_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "short.yaml"
    record(monkeypatch, path, SERVICE)
    text = path.read_text(encoding="utf-8")
    assert "- request: {from: {run: client}, url: 'http://web', outcome: ok}" in text
    assert "- endpoints: {service: web, ready: 2}" in text


@pytest.mark.parametrize("typed", ["", "exit\n", "kubectl gett pods\nexit\n"])
def test_where_nothing_was_played_nothing_is_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], typed: str
) -> None:
    path = tmp_path / "nothing.yaml"
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    with pytest.raises(SystemExit, match="1"):
        main(["record", "-o", str(path)])
    assert not path.exists()
    assert "Nothing was recorded" in capsys.readouterr().out


def lesson_from(*played: Played, files: dict[str, str] | None = None) -> dict[str, object]:
    evidence = Evidence(Store(), Store(), played=played)
    lesson = lesson_of(Recording(evidence, files or {}), "made", "Made")
    (step,) = lesson["steps"]
    return {"solve": step["solve"], "until": step["until"]["all"], "files": lesson.get("files")}


def test_a_file_that_stayed_empty_is_no_command_either() -> None:
    """`cat` waits for what is typed: nobody is to wait for it who replays the lesson."""
    writing, looking = Played("cat > web.yaml"), Played("cat web.yaml")
    made = lesson_from(writing, looking, files={"web.yaml": ""})
    assert (made["solve"], made["files"]) == (["cat web.yaml"], {"web.yaml": ""})
    alone = lesson_from(writing, files={"web.yaml": ""})
    assert (alone["solve"], alone["files"]) == (["cat > web.yaml <<'EOF'\nEOF"], None)


def test_what_is_asked_for_is_what_the_solution_runs() -> None:
    made = lesson_from(
        Played("kubectl get pods | head"),
        Played("cat > a.yaml", fed=("a: b",)),
        Played("exit"),
        files={"a.yaml": "a: b"},
    )
    assert made["solve"] == ["kubectl get pods | head"]
    assert made["until"] == [
        {
            "ran": {"command": "kubectl get pods \\| head"},
            "title": "kubectl get pods | head was run",
            "else": "Run kubectl get pods | head.",
        }
    ]
