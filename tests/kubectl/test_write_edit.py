"""`kubectl edit`: the editor opens again until the API is content."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.kubectl.conftest import Kubectl

HEADER = """\
# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
"""


class Editor:
    """Does one thing to the text each time it opens, and keeps what it showed."""

    def __init__(self, *edits: Callable[[str], str | None]) -> None:
        self._edits: Iterator[Callable[[str], str | None]] = iter(edits)
        self.shown: list[str] = []

    async def __call__(self, name: str, text: str) -> str | None:
        self.shown.append(text)
        return next(self._edits)(text)


def replacing(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new)


@pytest.fixture
async def web(kubectl: Kubectl) -> Kubectl:
    """A Service called web."""
    await kubectl("create service clusterip web --tcp=80")
    return kubectl


async def test_an_edit_is_sent(web: Kubectl) -> None:
    editor = web.context.edit = Editor(replacing("port: 80\n", "port: 81\n"))
    result = await web("edit svc web")
    assert (result.stdout, result.stderr) == ("service/web edited\n", "")
    assert editor.shown[0].startswith(HEADER + "apiVersion: v1\nkind: Service\n")
    assert (await web("get svc web -o jsonpath={.spec.ports[0].port}")).stdout == "81"


async def test_nothing_changed(web: Kubectl) -> None:
    for leave in (lambda text: text, lambda _text: None, lambda text: "# only a comment\n" + text):
        web.context.edit = Editor(leave)
        result = await web("edit svc web")
        assert (result.stdout, result.stderr, result.rc) == ("", "Edit cancelled, no changes made.\n", 0)


async def test_an_emptied_file(web: Kubectl) -> None:
    editor = web.context.edit = Editor(lambda _text: "# gone\n", lambda _text: "")
    result = await web("edit svc web")
    assert (result.stderr.splitlines()[0], result.rc) == ('error: services "web" is invalid', 1)
    assert result.stderr.endswith("error: Edit cancelled, no valid changes were saved.\n")
    assert editor.shown[1] == HEADER + _not_valid("invalid object to validate")


def _not_valid(why: str) -> str:
    """What the reopened file says of text that is no object."""
    return f"""\
# services "web" was not valid:
# * <nil>: Invalid value: "The edited file failed validation": {why}
#
"""


async def test_an_emptied_file_that_nobody_validates(web: Kubectl) -> None:
    web.context.edit = Editor(lambda _text: "# gone\n")
    assert (await web("edit svc web --validate=false")).stderr == "Edit cancelled, saved file was empty.\n"


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("port: 80\n", "port:80\n", "yaml: line 22: could not find expected ':'"),
        ("kind:", "kin:", "kind not set"),
        ("apiVersion:", "apVersion:", "apiVersion not set"),
    ],
)
async def test_what_is_no_object_opens_it_again(web: Kubectl, old: str, new: str, why: str) -> None:
    editor = web.context.edit = Editor(replacing(old, new), replacing(new, old))
    result = await web("edit svc web")
    assert (result.stderr, result.rc) == ('error: services "web" is invalid\nEdit cancelled, no changes made.\n', 0)
    assert editor.shown[1].startswith(HEADER + _not_valid(why))


async def test_what_cannot_be_decoded_opens_it_again(web: Kubectl) -> None:
    editor = web.context.edit = Editor(replacing("app: web", "app: 5"), replacing("app: 5", "app: web"))
    assert (await web("edit svc web")).stderr == "Edit cancelled, no changes made.\n"
    assert (
        '# The edited file had a syntax error: unable to decode "edited-file": json: cannot unmarshal number into Go '
        "struct field ObjectMeta.metadata.labels of type string\n" in editor.shown[1]
    )


async def test_a_refusal_opens_it_again_with_the_reason(web: Kubectl) -> None:
    editor = web.context.edit = Editor(replacing("port: 80\n", "port: 99999\n"), replacing("99999", "82"))
    result = await web("edit svc web")
    assert result.stderr == 'error: services "web" is invalid\n'
    assert result.stdout == "service/web edited\n"
    again = editor.shown[1]
    assert again.startswith(
        HEADER
        + '# services "web" was not valid:\n'
        + "# * spec.ports[0].port: Invalid value: 99999: must be between 1 and 65535, inclusive\n"
    )
    assert "port: 99999\n" in again


async def test_giving_up_after_a_refusal(web: Kubectl) -> None:
    web.context.edit = Editor(replacing("port: 80\n", "port: 99999\n"), lambda text: text)
    result = await web("edit svc web")
    lines = result.stderr.splitlines()
    assert lines[0] == 'error: services "web" is invalid'
    assert lines[1].startswith('A copy of your changes has been stored to "/tmp/kubectl-edit-')
    assert lines[2] == "error: Edit cancelled, no valid changes were saved."
    assert result.rc == 1


async def test_a_syntax_error_opens_it_again(web: Kubectl) -> None:
    editor = web.context.edit = Editor(replacing("spec:", "spec: : x"), replacing("spec: : x", "spec:"))
    await web("edit svc web")
    assert editor.shown[1].startswith(
        HEADER + _not_valid("yaml: line 11: mapping values are not allowed in this context")
    )


async def test_the_object_stays_the_same_object(web: Kubectl) -> None:
    web.context.edit = Editor(
        replacing("name: web\n", "name: other\n"),
        replacing("namespace: default\n", "namespace: shop\n"),
        replacing("    port: 80\n", ""),
    )
    for problem in (
        "At least one of apiVersion, kind and name was changed",
        'the namespace from the provided object "shop" does not match the namespace "default". You must pass '
        "'--namespace=shop' to perform this operation.",
        "map: map[name:80 protocol:TCP targetPort:80] does not contain declared merge key: port",
    ):
        result = await web("edit svc web")
        kept, error = result.stderr.splitlines()
        assert (error, result.rc) == (f"error: {problem}", 1)
        path = kept.removeprefix('A copy of your changes has been stored to "').removesuffix('"')
        assert web.files.read(path).startswith(HEADER)


async def test_another_object_is_shown_as_go_shows_it(web: Kubectl) -> None:
    web.context.edit = Editor(
        lambda _text: "apiVersion: v1\nkind: Service\nmetadata: {namespace: default, uid: abc}\nspec: {ports: []}\n"
    )
    assert (await web("edit svc web")).stderr.endswith(
        "error: no original object found for &unstructured.Unstructured{Object:map[string]interface {}{"
        '"apiVersion":"v1", "kind":"Service", "metadata":map[string]interface {}{"namespace":"default", "uid":"abc"}, '
        '"spec":map[string]interface {}{"ports":[]interface {}{}}}}\n'
    )


async def test_what_others_changed_meanwhile_is_kept(web: Kubectl) -> None:
    """Only what differs from what was shown is sent, and resourceVersion does not."""

    async def meanwhile(_name: str, text: str) -> str:
        await web("label svc web a=b")
        return text.replace("port: 80\n", "port: 81\n")

    web.context.edit = meanwhile
    assert (await web("edit svc web")).stdout == "service/web edited\n"
    assert (await web("get svc web -o jsonpath={.metadata.labels.a}:{.spec.ports[0].port}")).stdout == "b:81"


async def test_without_an_editor(web: Kubectl) -> None:
    assert "no editor here" in (await web("edit svc web")).stderr
