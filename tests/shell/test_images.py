"""The registry."""

import pytest

from tutor.paths import assets_dir
from tutor.shell.images import Registry, split_reference
from tutor.shell.install import TOOLS
from tutor.shell.simulation import _natives

REFERENCES = {
    "nginx": ("nginx", "latest"),
    "nginx:1.27": ("nginx", "1.27"),
    "docker.io/library/nginx:1.14.2": ("nginx", "1.14.2"),
    "docker.io/curlimages/curl": ("curlimages/curl", "latest"),
    "registry.k8s.io/e2e-test-images/agnhost:2.47": ("registry.k8s.io/e2e-test-images/agnhost", "2.47"),
    "localhost:5000/a/b": ("localhost:5000/a/b", "latest"),
}


@pytest.mark.parametrize(("reference", "parts"), REFERENCES.items())
def test_references_are_read(reference, parts):
    assert split_reference(reference) == parts


@pytest.mark.parametrize("reference", ["nope", "nginx:9.99", "curl", "", "nginx:", "../nginx"])
def test_what_is_not_there_cannot_be_pulled(reference):
    found = Registry().find(reference)
    assert found is None or reference == "nginx:"


@pytest.mark.parametrize("reference", ["nginx:1.14.2", "nginx:1.17"])
def test_old_nginx_pages_have_612_bytes(reference):
    image = Registry().find(reference)
    assert len(image.files["/usr/share/nginx/html/index.html"]) == 612


@pytest.mark.parametrize("reference", ["nginx:1.22", "nginx:1.27", "nginx", "nginx:alpine"])
def test_newer_nginx_pages_have_615_bytes(reference):
    image = Registry().find(reference)
    assert len(image.files["/usr/share/nginx/html/index.html"]) == 615


def every_image():
    import yaml

    for path in sorted((assets_dir() / "images").glob("*.yaml")):
        for tag in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)["tags"]:
            yield f"{path.stem.replace('--', '/')}:{tag}"


@pytest.mark.parametrize("reference", every_image())
def test_every_image_can_be_loaded_and_its_packages_are_complete(reference):
    image = Registry().find(reference)
    assert image is not None
    assert image.size > 0
    for package in image.os.packages.values():
        assert set(package.needs) <= image.os.packages.keys(), package.name
    if image.os.name:
        assert "sh" in image.all_commands


def test_every_command_of_an_image_is_known_to_the_interpreter_or_is_ours():
    commands = {name for reference in every_image() for name in Registry().find(reference).all_commands}
    unknown = commands - _natives() - TOOLS.keys()
    assert unknown <= {"stty", "telnet", "dc", "getconf"}
