"""`kubectl set`: the image, the environment, the resources, the service account or the selector of objects."""

from __future__ import annotations

from tutor.kubectl.command import Command
from tutor.kubectl.setting import env, image, resources, selector, service_account

COMMAND = Command(
    name="set",
    short="Set specific features on objects",
    long=(
        "Configure application resources.\n\n These commands help you make changes to existing application resources."
    ),
    usage="SUBCOMMAND",
    subcommands=tuple(each.COMMAND for each in (env, image, resources, selector, service_account)),
    missing={"subject": "'kubectl set subject' is not simulated; the nearest that works is 'kubectl set sa'"},
)
