"""Objects printed as `-o` asks: JSON, YAML, names, JSONPath, templates, columns.

Source: print flags of https://github.com/kubernetes/cli-runtime/tree/master/pkg/genericclioptions
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from tutor.engine.managed.origin import with_all_managers
from tutor.engine.objects import Object, without_field
from tutor.engine.resources import BY_KIND
from tutor.kubectl.errors import KubectlError
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.printers.typed import GoOrdered

Printer: TypeAlias = Callable[[Object], str]

FORMATS: Final = (
    "go-template", "go-template-file", "json", "jsonpath", "jsonpath-as-json", "jsonpath-file", "name", "template",
    "templatefile", "yaml",
)  # fmt: skip
"""What `-o` may be for verbs that print the object they changed, as their error lists them."""
GET_FORMATS: Final = ("custom-columns", "custom-columns-file", *FORMATS[:-1], "wide", "yaml")
"""What `-o` may be for get."""

_ANY_CASE = {"json", "name", "yaml"}
"""Formats that may be written in capitals."""
_TEMPLATES = {
    "go-template", "go-template-file", "template", "templatefile", "jsonpath", "jsonpath-as-json", "jsonpath-file",
    "custom-columns", "custom-columns-file",
}  # fmt: skip


async def print_object(call: Invocation, obj: Object) -> None:
    """Write one object as `-o` asks.

    Raises:
        KubectlError: no such format, or a template that is none or does not fit.
    """
    if call.printer is None:
        call.printer = object_printer(call)
    await call.out(call.printer(obj))


def object_printer(call: Invocation, formats: Sequence[str] = FORMATS) -> Printer:
    """What turns an object into text as `-o` and `--template` ask.

    Args:
        call: the invocation; its `-o` is not empty, unless `--template` is given.
        formats: the formats the verb knows.

    Raises:
        KubectlError: no such format, or a template that is none.
    """
    output = call.text("output")
    given = call.text("template") if call.has("template") else ""
    name, template = _split(output or "go-template", given)
    name = name.lower() if name.lower() in _ANY_CASE else name
    if name not in formats or (output.lower() != name and name not in _TEMPLATES):
        raise KubectlError(
            f'unable to match a printer suitable for the output format "{output}", '
            f"allowed formats are: {','.join(formats)}"
        )
    if name in _TEMPLATES:
        to_text = _template_printer(call, name, template)
        return _managed(to_text) if "managedFields" in template else to_text
    if name == "name":
        return _names
    managed = call.has("show-managed-fields") and call.on("show-managed-fields")
    to_text = _yaml_printer() if name == "yaml" else _json
    return _managed(to_text) if managed else lambda obj: to_text(_without_managed_fields(obj))


def _managed(printer: Printer) -> Printer:
    """A printer that sees who manages the fields of objects for which the cluster has not written it down, too."""

    def complete(obj: Object) -> Object:
        if isinstance(obj.get("items"), list):
            return {**obj, "items": [complete(item) for item in obj["items"]]}
        return with_all_managers(obj) if (obj.get("metadata") or {}).get("uid") else obj

    return lambda obj: printer(complete(obj))


def _split(output: str, given: str) -> tuple[str, str]:
    """A format such as `jsonpath={.spec}` as its name and its template."""
    name, equals, template = output.partition("=")
    if given or not equals or name not in _TEMPLATES:
        return output, given
    return name, template


def _names(obj: Object) -> str:
    if isinstance(obj.get("items"), list):
        return "".join(_names(item) for item in obj["items"])
    resource = BY_KIND.get(str(obj.get("kind")))
    word = resource.qualified_singular if resource else str(obj.get("kind")).lower()
    return f"{word}/{obj.get('metadata', {}).get('name') or '<unknown>'}\n"


def _json(obj: Object) -> str:
    from tutor.kubectl.printers.text import to_json

    return to_json(obj, sort=not isinstance(obj, GoOrdered)) + "\n"


def _yaml_printer() -> Printer:
    """Prints objects as documents of one stream."""
    from tutor.kubectl.printers.text import to_yaml

    separator = ""

    def text(obj: Object) -> str:
        nonlocal separator
        before, separator = separator, "---\n"
        return before + to_yaml(obj)

    return text


def _without_managed_fields(obj: Object) -> Object:
    if isinstance(obj.get("items"), list):
        return {**obj, "items": [_without_managed_fields(item) for item in obj["items"]]}
    if "managedFields" not in obj.get("metadata", {}):
        return obj
    shown = without_field(obj, "metadata.managedFields")
    return GoOrdered(shown) if isinstance(obj, GoOrdered) else shown


def _template_printer(call: Invocation, name: str, template: str) -> Printer:
    if name.startswith("custom-columns"):
        return _columns_printer(call, name, template)
    if not template:
        raise KubectlError("template format specified but no template given")
    if name in {"go-template-file", "templatefile", "jsonpath-file"}:
        template = _read(call, template, f"error reading --template {template}, ")
    if not name.startswith("jsonpath"):
        return _go_template_printer(call, template)
    return _jsonpath_printer(call, template, as_json=name == "jsonpath-as-json")


def _read(call: Invocation, path: str, prefix: str) -> str:
    try:
        return call.context.files.read(path)
    except FileNotFoundError:
        raise KubectlError(f"{prefix}open {path}: no such file or directory") from None
    except IsADirectoryError:
        raise KubectlError(f"{prefix}read {path}: is a directory") from None


def _columns_printer(call: Invocation, name: str, template: str) -> Printer:
    from tutor.kubectl.printers.columns import column_rows, parse_columns, parse_columns_file
    from tutor.kubectl.printers.tabwriter import ColumnWriter

    if name == "custom-columns-file" and template:
        columns = parse_columns_file(_read(call, template, f"error reading template {template}, "))
    else:
        columns = parse_columns(template)
    writer = ColumnWriter()
    headers_due = not call.on("no-headers")

    def text(obj: Object) -> str:
        nonlocal headers_due
        headers = [tuple(column.header for column in columns)] if headers_due else []
        headers_due = False
        try:
            rows = column_rows(columns, obj["items"] if isinstance(obj.get("items"), list) else [obj])
        except KubectlError as error:
            raise KubectlError(error.message, printed=writer.rows(headers) if headers else "") from None
        return writer.rows([*headers, *rows])

    return text


def _allows_missing(call: Invocation) -> bool:
    return not call.has("allow-missing-template-keys") or call.on("allow-missing-template-keys")


def _go_template_printer(call: Invocation, template: str) -> Printer:
    from tutor.kubectl.printers.gotemplate import GoTemplate, TemplateError

    try:
        parsed = GoTemplate(template, allow_missing=_allows_missing(call))
    except TemplateError as error:
        raise KubectlError(f"error parsing template {template}, {error}") from None

    def text(obj: Object) -> str:
        from tutor.kubectl.printers.text import go_quote, go_value, to_compact_json

        try:
            return parsed.text(obj)
        except TemplateError as error:
            raise KubectlError(
                f"error executing template {go_quote(template)}: {error}",
                printed=f"Error executing template: {error}. Printing more information for debugging the template:\n"
                f"\ttemplate was:\n\t\t{template}\n\traw data was:\n\t\t{to_compact_json(obj)}\n"
                f"\tobject given to template engine was:\n\t\t{go_value(obj)}\n\n",
            ) from None

    return text


def _jsonpath_printer(call: Invocation, template: str, *, as_json: bool) -> Printer:
    from tutor.kubectl.printers.jsonpath import JsonPath
    from tutor.kubectl.printers.jsonpath_parser import JsonPathError
    from tutor.kubectl.printers.text import go_quote, go_source

    try:
        path = JsonPath(template, allow_missing=_allows_missing(call))
    except JsonPathError as error:
        raise KubectlError(f"error parsing jsonpath {template}, {error}") from None

    def text(obj: Object) -> str:
        try:
            return path.json(obj) if as_json else path.text(obj)
        except JsonPathError as error:
            raise KubectlError(
                f"error executing jsonpath {go_quote(template)}: Error executing template: {error}. "
                f"Printing more information for debugging the template:\n\ttemplate was:\n\t\t{template}\n"
                f"\tobject given to jsonpath engine was:\n\t\t{go_source(obj)}\n\n\n"
            ) from None

    return text
