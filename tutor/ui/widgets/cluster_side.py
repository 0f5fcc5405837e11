"""What the cluster looks like now: its tables, and the traffic in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.reactive import var

from tutor.ui.cluster_rows import ClusterRows, selector_of
from tutor.ui.messages import CommandEntered
from tutor.ui.scene import make_scene
from tutor.ui.theme import UNICODE, Glyphs
from tutor.ui.widgets.cluster_pane import ClusterPane
from tutor.ui.widgets.object_table import ObjectTable
from tutor.ui.widgets.tabs import TabRow
from tutor.ui.widgets.traffic import TrafficDiagram

if TYPE_CHECKING:
    from tutor.engine.cluster import Cluster

SIDE_VIEWS: Final = {"cluster": "Cluster", "traffic": "Traffic"}


class ClusterSide(Vertical):
    """Tables and traffic of one cluster, and a row to choose between them where there is room for one only.

    Args:
        glyphs: the symbols to draw with.
        id: the widget's id.
    """

    DEFAULT_CSS = "ClusterSide #views { display: none; }"
    pane = getters.query_one(ClusterPane)
    traffic = getters.query_one(TrafficDiagram)

    shown: var[str] = var("cluster")
    """Which of the two is in view, where there is room for one only."""

    def __init__(self, glyphs: Glyphs = UNICODE, *, id: str | None = None) -> None:
        super().__init__(id=id, classes="-cluster")
        self.glyphs = glyphs
        self._cluster: Cluster | None = None
        self._revision = -1
        self._trace_count = 0

    def compose(self) -> ComposeResult:
        """Tables above, traffic below."""
        yield TabRow(SIDE_VIEWS, "cluster", id="views")
        yield ClusterPane(id="cluster")
        yield TrafficDiagram(self.glyphs, id="traffic")

    def watch_shown(self, old: str, new: str) -> None:
        """Show it."""
        self.remove_class(f"-{old}")
        self.add_class(f"-{new}")
        if self.is_mounted:
            self.query_one("#views", TabRow).chosen = new

    def watch_over(self, cluster: Cluster) -> None:
        """Show this cluster from now on."""
        self._cluster = cluster
        self._trace_count = cluster.network.log.count
        self.pane.source = ClusterRows(cluster)
        self.look(force=True)

    @on(ObjectTable.Asked)
    def _ask_about(self, event: ObjectTable.Asked) -> None:
        """Do with a row's object what was asked: most of it is a command that the learner could have typed."""
        event.stop()
        row = event.row
        kind, namespace, name = row.about
        where = f" -n {namespace}" if namespace not in {"", "default"} else ""
        match event.request:
            case "copy":
                copied = row.copied
                self.app.copy_to_clipboard(copied)
                self.notify(f"Copied {copied}", markup=False)
            case "drill" if kind == "Service" and self._cluster is not None:
                service = self._cluster.store.get(kind, namespace, name)
                selector = selector_of(service) if service is not None else ""
                if selector:
                    self.pane.show_pods_of(row, selector)
                else:
                    self.pane.kind = "Endpoints"
                    self.notify(f"Service {name} has no selector; these are its endpoints.", markup=False)
            case "describe" | "drill":
                self.post_message(CommandEntered(f"kubectl describe {kind.lower()} {name}{where}"))
            case _:
                self.post_message(CommandEntered(f"kubectl get {kind.lower()} {name} -o yaml{where}"))

    @on(ObjectTable.Moved)
    def _light_up(self) -> None:
        """What the learner is at in the tables is lit in the diagram, and the Service chosen there is drawn."""
        self.call_after_refresh(self._draw_scene)

    def _draw_scene(self) -> None:
        if self._cluster is not None and self.pane.source is not None:
            traces = self._cluster.network.log.all()
            scene = self.traffic.scene = make_scene(
                self._cluster.store, traces, self.pane.source.chosen, self.pane.services.kin
            )

            if scene.service is not None and not self.pane.services.has_focus:
                self.pane.point_at(scene.service.namespace, scene.service.name)

    def begin(self) -> None:
        """A command begins: marks of the one before go."""
        if self.pane.source is not None:
            self.pane.source.begin()

    def look(self, *, force: bool = False) -> None:
        """Show what has changed since the last look, and play new requests."""
        if self._cluster is None:
            return
        network, revision = self._cluster.network, self._cluster.store.revision
        count = network.log.count
        if force or (revision, count) != (self._revision, self._trace_count):
            if count > self._trace_count and self.pane.source is not None:
                self.pane.source.chosen = None
            self.pane.show()
            self._draw_scene()
        if count > self._trace_count:
            self.traffic.play(network.log.since(self._trace_count))
        elif count < self._trace_count:
            self.traffic.forget()
        self._revision, self._trace_count = revision, count
