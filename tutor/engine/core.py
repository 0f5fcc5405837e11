"""The parts of a cluster that its controllers and its network share."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.engine.api import Api
from tutor.engine.clock import Clock
from tutor.engine.dice import Dice
from tutor.engine.images import ContainerFiles, ContainerProcesses, ImageCatalog
from tutor.engine.logs import Logs
from tutor.engine.store import Store


@dataclass
class Core:
    """Passed to every controller. A shell replaces `files` and `processes` when it takes over the containers."""

    store: Store
    clock: Clock
    dice: Dice
    api: Api
    logs: Logs
    images: ImageCatalog
    files: ContainerFiles
    processes: ContainerProcesses
