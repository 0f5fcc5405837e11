"""The cluster beside the lesson: Services always, and one more kind of object at a time."""

from __future__ import annotations

from typing import Final

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.reactive import reactive
from textual.widgets import Static

from tutor.ui.cluster_rows import ClusterRows
from tutor.ui.literal import literal
from tutor.ui.widgets.object_table import ObjectTable
from tutor.ui.widgets.tabs import TabRow

TABS: Final = {
    "Endpoints": "Endpoints",
    "EndpointSlice": "Slices",
    "Pod": "Pods",
    "Deployment": "Deployments",
    "Event": "Events",
}


class ClusterPane(Vertical):
    """Tables of the cluster, marked with what the last command changed."""

    DEFAULT_CSS = """
    ClusterPane {
        #services { max-height: 50%; }
        #others { height: 1fr; }
        .heading { height: 1; color: $text-primary; text-style: bold; }
        #kinds { margin-top: 1; }
    }
    """
    services = getters.query_one("#services", ObjectTable)
    others = getters.query_one("#others", ObjectTable)
    kinds = getters.query_one("#kinds", TabRow)

    kind: reactive[str] = reactive("Endpoints")

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.source: ClusterRows | None = None

    def compose(self) -> ComposeResult:
        """Services above, the chosen kind below."""
        yield Static(literal(" Services"), classes="heading")
        yield ObjectTable("Service", id="services")
        yield TabRow(TABS, "Endpoints", id="kinds")
        yield ObjectTable("Endpoints", id="others")

    def show(self) -> None:
        """Show the cluster as it is now."""
        if self.source is not None:
            self.services.table = self.source.table("Service")
            self.others.table = self.source.table(self.kind)

    def watch_kind(self, kind: str) -> None:
        """Show another kind."""
        if self.is_mounted:
            self.kinds.chosen = kind
            self.others.cursor = 0
            self.show()

    @on(TabRow.Chosen)
    def _choose(self, event: TabRow.Chosen) -> None:
        event.stop()
        self.kind = event.key
