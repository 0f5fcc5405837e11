"""`kubectl set image`.

Source: pkg/cmd/set of https://github.com/kubernetes/kubectl and tests/golden.
"""

from __future__ import annotations

from tutor.engine.objects import Object
from tutor.kubectl import common_flags as common
from tutor.kubectl.changes import parse_changes, split_pairs
from tutor.kubectl.command import Command
from tutor.kubectl.errors import KubectlError
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.setting.pod_templates import (
    ALL,
    POSSIBLE,
    TEMPLATES,
    containers_of,
    refuse_all_with_selector,
    select_templates,
    update_what_is_there,
)


async def set_image(call: Invocation) -> int:
    """Give containers other images."""
    resources, words = split_pairs(call.args, "image")
    images, _ = parse_changes(words, "image", removals=False)
    refuse_all_with_selector(call)
    selection = await select_templates(call, resources)
    if not images:
        raise KubectlError("at least one image update is required")
    if len(images) > 1 and "*" in images:
        raise KubectlError(
            "all containers are already specified by *, but saw more than one container_name=container_image pairs"
        )
    missing: list[Exception] = []

    def change(container: Object) -> Object:
        image = images.get(str(container["name"]), images.get("*"))
        return container if image is None else {**container, "image": image}

    for target in selection.targets:
        path = TEMPLATES.get(target.resource)
        names = {container["name"] for container in containers_of(target.obj, path)} if path else set(images)
        missing += [
            KubectlError(f'error: unable to find container named "{name}"')
            for name in images
            if name != "*" and name not in names
        ]
    await update_what_is_there(call, selection, "image updated", change, "image", missing)
    return 0


COMMAND = Command(
    name="image",
    short="Update the image of a pod template",
    long="Update existing container image(s) of resources." + POSSIBLE,
    examples="""
# Set a deployment's nginx container image to 'nginx:1.9.1', and its busybox container image to 'busybox'
kubectl set image deployment/nginx busybox=busybox nginx=nginx:1.9.1

# Update all deployments' nginx container's image to 'nginx:1.9.1'
kubectl set image deployments nginx=nginx:1.9.1 --all

# Update image of all containers of deployment abc to 'nginx:1.9.1'
kubectl set image deployment abc *=nginx:1.9.1
""",
    usage="(-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N",
    flags=(
        ALL,
        *common.print_flags(),
        common.DRY_RUN,
        common.field_manager("kubectl-set"),
        common.filename("identifying the resource to get from a server."),
        common.RECORD,
        common.RECURSIVE,
        common.SELECTOR,
    ),
    lacks=("k", "kustomize", "local"),
    handler=set_image,
)
