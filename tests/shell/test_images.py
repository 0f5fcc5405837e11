"""The registry."""

import pytest

from tutor.paths import assets_dir
from tutor.shell.images import Registry, split_reference

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


async def test_a_program_that_does_nothing_here_says_so(run):
    """Whatever an image has can be called: what neither we nor the interpreter have calls nothing but itself."""
    await run("kubectl run d --image=debian -- sleep 1000")
    result = await run("kubectl exec d -- perl -e 1")
    assert result.output == "perl: this program is not simulated here\ncommand terminated with exit code 1\n"


@pytest.mark.parametrize("image", ["nginx:1.14.2", "nginx", "debian", "ubuntu", "alpine", "busybox"])
async def test_builtins_of_the_shell_that_are_programs_too_can_be_executed(run, image):
    await run(f"kubectl run p --image={image} -- sleep 1000")
    assert (await run("kubectl exec p -- echo a b")).output == "a b\n"
    assert (await run("kubectl exec p -- printf %s- 1 2")).output == "1-2-"
    assert (await run("kubectl exec p -- pwd")).output == "/\n"
    codes = [(await run(f"kubectl exec p -- {words}")).exit_code for words in ("true", "false", "test 1", "[ 1 = 2 ]")]
    assert codes == [0, 1, 0, 1]


@pytest.mark.parametrize(
    ("image", "groups"),
    [
        ("debian", "0(root)"),
        ("busybox", "0(root),10(wheel)"),
        (
            "alpine",
            "0(root),1(bin),2(daemon),3(sys),4(adm),6(disk),10(wheel),11(floppy),20(dialout),26(tape),27(video)",
        ),
    ],
)
async def test_root_is_in_the_groups_that_the_image_puts_it_in(run, image, groups):
    await run(f"kubectl run p --image={image} -- sleep 1000")
    assert (await run("kubectl exec p -- id")).output == f"uid=0(root) gid=0(root) groups={groups}\n"


async def test_busybox_has_neither_a_release_file_nor_a_package_manager(run):
    await run("kubectl run p --image=busybox -- sleep 1000")
    assert "can't open" in (await run("kubectl exec p -- cat /etc/os-release")).output
    assert "executable file not found" in (await run("kubectl exec p -- apk add curl")).output


async def test_ps_shows_the_containers_process_and_itself(run):
    await run("kubectl run p --image=busybox -- sleep 1000; kubectl run u --image=ubuntu -- sleep 1000")
    assert (await run("kubectl exec p -- ps")).output.splitlines()[1:] == [
        "    1 root       0:00 sleep 1000",
        "   43 root       0:00 ps",
    ]
    assert [line.split()[-1] for line in (await run("kubectl exec u -- ps")).output.splitlines()] == [
        "CMD",
        "sleep",
        "ps",
    ]


@pytest.mark.parametrize(
    ("image", "paths"),
    [
        ("nginx:1.14.2", "/bin/ls /usr/sbin/nginx /usr/bin/wc /bin/sh"),
        ("debian", "/usr/bin/ls /usr/bin/wc /usr/bin/sh"),
        ("alpine", "/bin/ls /sbin/ip /usr/bin/wget /bin/sh"),
        ("busybox", "/bin/ls /bin/ip /bin/wget /bin/sh"),
    ],
)
async def test_commands_are_in_the_folders_they_are_really_in(run, image, paths):
    await run(f"kubectl run p --image={image} -- sleep 1000")
    names = " ".join(path.rpartition("/")[2] for path in paths.split())
    assert (await run(f"kubectl exec p -- which {names}")).output.split() == paths.split()
