"""The cluster beside the lesson: Services always, and one more kind at a time."""

from __future__ import annotations

from typing import Final

from textual import events, getters, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.reactive import reactive
from textual.widgets import Static

from tutor.ui.cluster_rows import ClusterRows, MarkedRow
from tutor.ui.literal import literal, show_in
from tutor.ui.widgets.filter_line import FilterLine
from tutor.ui.widgets.object_table import ObjectTable
from tutor.ui.widgets.tabs import TabRow

TABS: Final = {
    "Endpoints": "Endpoints",
    "EndpointSlice": "Slices",
    "Pod": "Pods",
    "Deployment": "Deploy",
    "Event": "Events",
    "Name": "DNS",
    "Rule": "Rules",
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
    heading = getters.query_one(".heading", Static)
    services = getters.query_one("#services", ObjectTable)
    others = getters.query_one("#others", ObjectTable)
    kinds = getters.query_one("#kinds", TabRow)
    filter = getters.query_one(FilterLine)

    kind: reactive[str] = reactive("Endpoints")

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.source: ClusterRows | None = None

    def compose(self) -> ComposeResult:
        """Services above, the chosen kind below, and the filter while there is one."""
        yield Static(literal(" Services"), classes="heading")
        yield ObjectTable("Service", id="services")
        yield TabRow(TABS, "Endpoints", id="kinds")
        yield ObjectTable("Endpoints", id="others")
        yield FilterLine(id="filter")

    def show(self) -> None:
        """Show the cluster as it is now."""
        if self.source is not None:
            self.services.table = self.source.table("Service")
            self.others.table = self.source.table(self.kind)
            self._show_kin()

    def point_at(self, namespace: str, name: str) -> None:
        """Choose the row of a Service."""
        self.services.choose(("Service", namespace, name))

    def show_pods_of(self, service: MarkedRow, selector: str) -> None:
        """Show the Pods that a Service selects, and go there."""
        self.kind = "Pod"
        self.others.filter = f"-n {service.about[1]} -l {selector}"
        self.others.focus()

    def watch_kind(self, kind: str) -> None:
        """Show another kind."""
        if self.is_mounted:
            self.kinds.chosen = kind
            self.others.cursor, self.others.filter = 0, ""
            self.show()
            self._show_title()

    @on(TabRow.Chosen)
    def _choose(self, event: TabRow.Chosen) -> None:
        event.stop()
        self.kind = event.key

    @on(ObjectTable.Turned)
    def _turn(self, event: ObjectTable.Turned) -> None:
        event.stop()
        self.kind = self.kinds.next_key(event.step)

    # The filter

    def open_filter(self, table: ObjectTable) -> FilterLine:
        """Let the learner type the filter of a table; the line it is typed in."""
        self.filter.edit(table)
        return self.filter

    @on(ObjectTable.FilterWanted)
    def _type_filter(self, event: ObjectTable.FilterWanted) -> None:
        event.stop()
        self.open_filter(event.table)

    @on(FilterLine.Changed)
    def _filter(self, event: FilterLine.Changed) -> None:
        event.stop()
        self._show_title()

    def on_resize(self, event: events.Resize) -> None:
        """Say what is filtered out where there is room for it now."""
        self._show_title()

    def _show_title(self) -> None:
        """The pane's title says what is filtered out; without a frame it has none, and the first heading does."""
        tables = ((self.services, "Services"), (self.others, TABS[self.kind]))
        filtered = {table: f"{name} /{table.filter} ({_of(table)})" for table, name in tables if table.filter}
        self.border_title = literal("  ".join(["Cluster", *filtered.values()]))
        said = {self.services: "Services", **(filtered if not self.styles.border_top[0] else {})}
        show_in(self.heading, literal(f" {'  '.join(said.values())}"))
        self.filter.recall(self.others.filter or self.services.filter)

    # What belongs together

    @on(ObjectTable.Moved)
    def _show_kin(self) -> None:
        """Mark the Pods of the Service the learner is at, or the Services of the Pod."""
        self._show_title()
        if self.source is None:
            return
        row = self.services.row if self.services.has_focus else self.others.row if self.others.has_focus else None
        kin = self.source.kin_of(row.ref) if row is not None else frozenset()
        self.services.kin = self.others.kin = kin
        if self.services.has_focus and row is not None:
            self.source.chosen = row.ref[1], row.ref[2]
            if self.kind == "Rule":
                self.others.table = self.source.table("Rule")


def _of(table: ObjectTable) -> str:
    """How many rows of a table its filter lets through."""
    return "{} of {}".format(*table.counts)
