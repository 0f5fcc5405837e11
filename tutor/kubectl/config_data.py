"""The data of a ConfigMap out of files, literals and env files.

Source: pkg/cmd/create/create_configmap.go and pkg/cmd/util/env_file.go of https://github.com/kubernetes/kubectl
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from tutor.engine.names import config_key_problems
from tutor.kubectl.context import Files
from tutor.kubectl.errors import KubectlError

_ENV_NAME = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")


def data_from_flags(
    files: Files, name: str, file_words: Sequence[str], literals: Sequence[str], env_files: Sequence[str]
) -> dict[str, str]:
    """The data that `--from-file`, `--from-literal` and `--from-env-file` describe.

    Args:
        files: where the files are.
        name: the ConfigMap's, for errors.
        file_words: `PATH` or `KEY=PATH`; a folder stands for its files.
        literals: `KEY=VALUE`.
        env_files: files of `KEY=VALUE` lines.

    Raises:
        KubectlError: with kubectl's text.
    """
    if env_files and (file_words or literals):
        raise KubectlError("from-env-file cannot be combined with from-file or from-literal")
    data: dict[str, str] = {}
    sources = (
        pair
        for words, read in ((file_words, _from_file), (literals, _from_literal), (env_files, _from_env_file))
        for word in words
        for pair in read(files, word)
    )
    for key, value in sources:
        problems = config_key_problems(key)
        if problems:
            raise KubectlError(f'"{key}" is not a valid key name for a ConfigMap: {",".join(problems)}')
        if key in data:
            raise KubectlError(
                f'cannot add key "{key}", another key by that name already exists in Data for ConfigMap "{name}"'
            )
        data[key] = value
    return data


def _from_literal(_files: Files, word: str) -> Iterator[tuple[str, str]]:
    key, equals, value = word.partition("=")
    if not equals or not key:
        raise KubectlError(f"invalid literal source {word}, expected key=value")
    yield key, value


def _from_file(files: Files, word: str) -> Iterator[tuple[str, str]]:
    key, path = _key_and_path(word)
    if not files.exists(path):
        raise KubectlError(f"error reading {path}: no such file or directory")
    if not files.is_dir(path):
        yield key, files.read(path)
        return
    if "=" in word:
        raise KubectlError("cannot give a key name for a directory path")
    for name in files.listdir(path):
        inside = posixpath.join(path, name)
        if not files.is_dir(inside):
            yield name, files.read(inside)


def _key_and_path(word: str) -> tuple[str, str]:
    key, equals, path = word.partition("=")
    if not equals:
        return posixpath.basename(word.rstrip("/")), word
    if not key:
        raise KubectlError(f"key name for file path {path} missing")
    if not path:
        raise KubectlError(f"file path for key name {key} missing")
    if "=" in path:
        raise KubectlError("key names or file paths cannot contain '='")
    return key, path


def _from_env_file(files: Files, path: str) -> Iterator[tuple[str, str]]:
    if not files.exists(path):
        raise KubectlError(f"error reading {path}: no such file or directory")
    if files.is_dir(path):
        raise KubectlError("env config file cannot be a directory")
    for line in files.read(path).split("\n"):
        line = line.lstrip()
        if not line or line.startswith("#"):
            continue
        key, _, value = line.partition("=")
        if not _ENV_NAME.fullmatch(key):
            raise KubectlError(
                f'"{key}" is not a valid key name: a valid environment variable name must consist of alphabetic '
                "characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or "
                "'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')"
            )
        yield key, value
