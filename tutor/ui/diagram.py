"""The traffic diagram drawn as text: the client, CoreDNS, the Service, the Pods, and where a request is.

Everything is said by symbol and word as well as by colour, and it can be read from 40 columns up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from textual.content import Content

from tutor.engine.network.trace import Trace
from tutor.ui.crowd import Crowd
from tutor.ui.literal import literal
from tutor.ui.paper import Line, Lines, Paper
from tutor.ui.scene import Hop, Place, Scene, ServiceBox
from tutor.ui.theme import Glyphs

BOXED_WIDTH: Final = 58
BOXED_HEIGHT: Final = 15


@dataclass(frozen=True)
class Picture:
    """One moment of the diagram.

    Args:
        scene: what stands there.
        trace: the request being played or played last; None if there was none.
        hops: its hops.
        hop: index of the hop it is at.
    """

    scene: Scene
    trace: Trace | None = None
    hops: tuple[Hop, ...] = ()
    hop: int = 0

    @property
    def place(self) -> Place | None:
        """Where the request is; None if there is none."""
        return self.hops[self.hop].place if self.hops else None

    def reached(self, place: Place) -> bool:
        """Whether the request is or has been there."""
        return any(hop.place == place for hop in self.hops[: self.hop + 1])


def draw(picture: Picture, width: int, height: int, glyphs: Glyphs) -> Content:
    """The picture in at most `height` lines of `width` cells (fewer Pods and hops are shown when there is no room)."""
    return Content("\n").join(_Pencil(picture, max(width, 20), max(height, 5), glyphs).lines())


class _Pencil:
    def __init__(self, picture: Picture, width: int, height: int, glyphs: Glyphs) -> None:
        self.picture, self.width, self.height, self.glyphs = picture, width, height, glyphs
        self.paper = Paper(width, glyphs)
        self.scene = picture.scene
        self.boxed = width >= BOXED_WIDTH and height >= BOXED_HEIGHT
        trace = picture.trace
        hit = trace.backend.pod if trace and trace.backend and picture.reached("pod") else ""
        self._crowd = Crowd(self.paper, self.scene, hit, stopped=picture.place == "stop", indent=5 if self.boxed else 0)

    def lines(self) -> Lines:
        top = [self._light(line) for line in self._top()]
        story = self._story()
        # Both the Pods and the story want the rest: the story gets a third of it, more where the Pods leave room.
        rest = self.height - len(top)
        asked = sum(len(part) for part in story)
        pods = self._crowd.lines(max(rest - min(asked, max(rest - len(self.scene.pods), rest // 3, 1)), 1))
        room = max(rest - len(pods), 1)
        gap = [Content("")] if room > asked else []
        return [*top, *pods, *gap, *_newest(story, room - len(gap))]

    def _light(self, line: Line) -> Line:
        """A line with the selector shining, while its Service or a Pod it selects is looked at."""
        service = self.scene.service
        pairs = f"[{service.selector}]" if service is not None and service.lit and service.selector else ""
        start = line.plain.find(pairs) if pairs else -1
        return line.stylize("bold reverse $text-accent", start, start + len(pairs)) if start >= 0 else line

    # Above the Pods

    def _top(self) -> Lines:
        if self.boxed:
            return [*self._boxed_client(), *self._boxed_service()]
        lines = [self._row("client", " ".join(self._client()), self._client_style())]
        if self.picture.trace is not None and self.picture.trace.questions:
            lines.append(
                self._row(
                    f"{self.glyphs.branch}{self._packet('dns')} {self._dns_name}", self._name_asked(), self._dns_style()
                )
            )
        if self.picture.trace is not None and self.picture.trace.address:
            lines.append(self.paper.fit(f"{self.glyphs.down} {self._arriving()}", self._style("service")))
        if self.scene.service is not None:
            words = self._service_words(self.scene.service)
            parts = [words] if len(words) + 9 <= self.width else words.split("  ")
            style = self._style("service")
            lines += [self._row("       " if number else "Service", part, style) for number, part in enumerate(parts)]
        else:
            lines.append(self.paper.fit("no Service yet", "$muted"))
        return lines

    def _row(self, name: str, words: str, style: str) -> Line:
        return self.paper.fit(f"{name}  {words}", style)

    def _boxed_client(self) -> Lines:
        who, address = self._client()
        left = min(max(len(who) + 4, 24), (self.width - 8) // 2)
        right = self.width - left - 8
        asked = self.picture.reached("dns")
        arrow = self.glyphs.dash * 4 + self.glyphs.right[-1]
        back = ("<" if self.glyphs.right == "->" else "←") + self.glyphs.dash * 4
        client = self.paper.box("client", [self.paper.short_pod(who, left - 4), address], left, self._client_style())
        trace = self.picture.trace
        answer = self._name_asked() if trace and trace.questions and asked else ""
        question = f"{trace.host}?" if trace and trace.questions and asked else ""
        dns = self.paper.box(
            self._dns_name,
            [question, answer.partition(f" {self.glyphs.right} ")[2] or answer],
            right,
            self._dns_style(),
        )
        packet = self._packet("dns")
        middles = ["", f"{packet}{arrow[1:]}" if asked else "", back if asked else "", ""]
        return [
            Content.assemble(a, literal(f" {middle:^6} ", self._dns_style()), b)
            for a, middle, b in zip(client, middles, dns, strict=True)
        ]

    def _boxed_service(self) -> Lines:
        service = self.scene.service
        moving = self._packet("service") if self.picture.reached("service") else self.glyphs.trunk
        lines = [
            self.paper.fit(f"     {self.glyphs.trunk}", self._style("service")),
            self.paper.fit(f"     {moving} {self._arriving()}", self._style("service")),
        ]
        if service is None:
            return [*lines, self.paper.fit(f"     {self.glyphs.cross} no Service yet", "$muted")]
        words = [self._service_words(service)]
        name = f"Service {service.name}" + ("" if service.namespace == "default" else f" in {service.namespace}")
        return [*lines, *self.paper.box(name, words, self.width, self._style("service"))]

    @property
    def _dns_name(self) -> str:
        """Who is asked for names: what is outside the cluster does not ask the cluster's DNS."""
        outside = self.picture.trace is not None and self.picture.trace.client.is_host
        return "your own DNS" if outside else "CoreDNS"

    def _client(self) -> tuple[str, str]:
        """Who asked, and from which address."""
        trace = self.picture.trace
        if trace is None:
            return "nobody has asked yet", ""
        client = trace.client
        if client.is_host:
            return "your computer", "outside the cluster"
        return client.pod if self.boxed else self.paper.short_pod(client.pod, self.width - 26), client.ip

    def _name_asked(self) -> str:
        trace = self.picture.trace
        if trace is None or not trace.questions:
            return ""
        done = [
            question for question, hop in zip(trace.questions, self.picture.hops, strict=False) if hop.place == "dns"
        ]
        asked = done[min(self.picture.hop, len(done) - 1)]
        if asked.answers:
            return f"{trace.host} {self.glyphs.right} {', '.join(asked.answers)}"
        return f"{self.glyphs.cross} {asked.rcode if asked.rcode != 'NOERROR' else 'no such record'}: {asked.name}"

    def _arriving(self) -> str:
        trace = self.picture.trace
        if trace is None or not trace.address or not self.picture.reached("service"):
            return ""
        virtual = "" if trace.service else " (no Service has it)" if trace.backend is None else " (the Pod itself)"
        return f"{trace.address}:{trace.port}{virtual}"

    def _service_words(self, service: ServiceBox) -> str:
        name = "" if self.boxed else f"{service.name} "
        pairs = f"[{service.selector}]" if service.lit else service.selector
        selector = f"selector {pairs}" if service.selector else "no selector"
        count = self.scene.requests
        asked = f"  {count} request{'s' if count > 1 else ''}" if count else ""
        gone = f" ({self.scene.gone} answered by Pods now gone)" if self.scene.gone else ""
        return f"{name}{service.address} port {service.ports}  {selector}{asked}{gone}"

    # The story

    def _story(self) -> list[Lines]:
        """What happened, hop by hop."""
        picture = self.picture
        if not picture.hops:
            hint = "Requests made with curl, wget or nslookup are played here, hop by hop."
            return [self.paper.wrap(hint, "$muted")]
        return [self._tell(number) for number in range(picture.hop + 1)]

    def _tell(self, number: int) -> Lines:
        hops, glyphs = self.picture.hops, self.glyphs
        hop, now = hops[number], number == self.picture.hop
        sign, style = glyphs.right, "$text-accent" if now else "$muted"
        if not hop.good:
            sign, style = glyphs.cross, "$text-error"
        elif hop.place == "back":
            sign, style = glyphs.done, "$text-success"
        return self.paper.wrap(f"{number + 1}/{len(hops)} {sign} {hop.text}", f"bold {style}" if now else style)

    # Styles

    def _packet(self, place: Place) -> str:
        if self.picture.place == place:
            return self.glyphs.packet
        if self.picture.place == "stop" and self._stopped_at() == place:
            return self.glyphs.cross
        return self.glyphs.dash if place == "dns" else self.glyphs.trunk

    def _stopped_at(self) -> Place:
        trace = self.picture.trace
        if trace is None or not trace.address:
            return "dns"
        return "service" if trace.backend is None else "pod"

    def _style(self, place: Place) -> str:
        if self.picture.place == place or (place == "service" and self.picture.place == "dice"):
            return "bold $text-accent"
        return "$text-primary" if self.picture.reached(place) or place == "service" else "$muted"

    def _client_style(self) -> str:
        return (
            "bold $text-accent" if self.picture.place == "back" else "$text-primary" if self.picture.trace else "$muted"
        )

    def _dns_style(self) -> str:
        hop = self.picture.hops[self.picture.hop] if self.picture.hops else None
        if hop is not None and hop.place == "dns":
            return "bold $text-accent" if hop.good else "bold $text-error"
        failed = any(hop.place == "dns" and not hop.good for hop in self.picture.hops[-2:])
        return "$text-error" if failed else "$text-primary" if self.picture.reached("dns") else "$muted"


def _newest(story: Sequence[Lines], room: int) -> Lines:
    """As many of the story's newest parts as there is room for; the newest one always, cut short if need be."""
    kept: Lines = []
    for part in reversed(story):
        if kept and len(kept) + len(part) > room:
            break
        kept = [*part[:room], *kept]
    return kept
