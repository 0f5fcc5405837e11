"""What other programs do in a lesson's cluster while it is served as a Kubernetes API: it counts, and can be undone."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tutor.course.conditions.evidence import Call, Played
from tutor.course.datafile import data_dir

if TYPE_CHECKING:
    from tutor.apiserver.gateway import Gateway
    from tutor.apiserver.visits import Visit
    from tutor.course.journey import Journey
    from tutor.course.stage import Checkpoint

PAUSE: Final = 2.0
"""Real seconds after which a program that is no kubectl is taken to do something new."""


class Outside:
    """The way into a journey's cluster for other programs, and the memory of what they did.

    Args:
        journey: the journey.
        now: a clock in seconds.
    """

    def __init__(self, journey: Journey, now: Callable[[], float] = time.monotonic) -> None:
        self._journey, self._now = journey, now
        self._gateway: Gateway | None = None
        self._run = ""
        self._seen = 0.0
        self._point: Checkpoint | None = None

    # The way in

    @property
    def lines(self) -> tuple[str, ...]:
        """What to type into another terminal; nothing while the way is closed."""
        return self._gateway.lines if self._gateway is not None else ()

    async def open(self, folder: Path | None = None, port: int = 0) -> None:
        """Open the way, if it is not open.

        Args:
            folder: where the kubeconfig goes; among the data of this program if None.
            port: where to listen; any free port if 0.

        Raises:
            OSError: the port is taken, or the kubeconfig cannot be written.
        """
        if self._gateway is None:
            from tutor.apiserver.gateway import Gateway

            simulation = self._journey.stage.simulation
            self._gateway = await Gateway.open(simulation, folder or data_dir() / "api", port=port, host=self)

    async def close(self) -> None:
        """Close the way, if it is open."""
        if self._gateway is not None:
            gateway, self._gateway = self._gateway, None
            await gateway.close()

    # What comes in

    async def admit(self, visit: Visit) -> None:
        """Come back when the request may change the world, with a point to go back to left behind."""
        while self._journey.busy:
            await self._journey.idle.wait()
        if not self._goes_on(visit):
            self._point = self._journey.leave_point()
        self._run, self._seen = visit.run, self._now()

    def _goes_on(self, visit: Visit) -> bool:
        """Whether the request belongs to what the last one did: it is to be undone together with that."""
        same = visit.run == self._run and (visit.argv[0] == "kubectl" or self._now() - self._seen < PAUSE)
        return same and self._point is not None and self._journey.is_latest(self._point)

    def served(self, visit: Visit) -> None:
        """Count what was done as if it had been typed here."""
        if not visit.changes and visit.argv[0] != "kubectl":
            return
        played = Played(f"{' '.join(visit.argv)} (from another terminal)", calls=(Call(visit.argv),))
        lines = self._journey.stage.played
        if not lines or lines[-1] != played:
            lines.append(played)
