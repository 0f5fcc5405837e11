"""The traffic diagram drawn as text: the client, CoreDNS, the Service, the Pods, and where a request is.

Everything is said by symbol and word as well as by colour, and it can be read from 40 columns up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from textual.content import Content

from tutor.engine.network.trace import Trace
from tutor.ui.crowd import Crowd, Way, selector_parts
from tutor.ui.literal import literal
from tutor.ui.paper import Line, Lines, Paper, joined
from tutor.ui.scene import Hop, Place, Scene, ServiceBox
from tutor.ui.theme import Glyphs

BOXED_WIDTH: Final = 58
BOXED_HEIGHT: Final = 15
_TRUNK: Final = 5
"""Cells to the left of the line from the client down to the Pods."""
_LINK: Final = 8
"""Cells between the client and CoreDNS."""


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

    @property
    def way(self) -> str:
        """The style of the way the request has gone so far: under way, arrived, or failed."""
        if self.place in {"back", "stop"}:
            return "$text-success" if self.hops[self.hop].good else "$text-error"
        return "$text-accent"

    @property
    def stopped_at(self) -> Place | None:
        """Where it came to its end, once it is there; None if it got an answer, or is under way."""
        if self.place != "stop" or self.trace is None:
            return None
        if not self.trace.address:
            return "dns"
        return "service" if self.trace.backend is None else "pod"


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
        reached = trace is not None and trace.backend is not None and picture.reached("pod")
        way = Way(
            trace.backend.pod if reached and trace and trace.backend else "",
            picture.way,
            choosing=picture.place == "dice",
            stopped=picture.place == "stop",
        )
        self._crowd = Crowd(self.paper, self.scene, way, indent=_TRUNK if self.boxed else 0)

    def lines(self) -> Lines:
        top = self._boxes() if self.boxed else self._rows()
        story = self._story()
        # Both the Pods and the story want the rest: the story gets a third of it, more where the Pods leave room.
        rest = self.height - len(top)
        asked = sum(len(part) for part in story)
        pods = self._crowd.lines(max(rest - min(asked, max(rest - len(self.scene.pods), rest // 3, 1)), 1))
        room = max(rest - len(pods), 1)
        gap = [Content("")] if room > min(asked, 2) else []
        return [*top, *pods, *gap, *_newest(story, room - len(gap))]

    # Above the Pods, in rows

    def _rows(self) -> Lines:
        picture, glyphs, paper = self.picture, self.glyphs, self.paper
        who, address = self._client()
        asker = "bold" if picture.trace else "$muted"
        lines = [
            paper.line(
                ("client   ", self._way("back")),
                (paper.short_pod(who, self.width - 10 - len(address)), asker),
                (f" {address}", "$muted"),
            )
        ]
        if picture.trace is not None and picture.trace.questions:
            sign, style = self._packet("dns", glyphs.dash), self._dns_style()
            said = self._said_of_name()
            lines.append(paper.line((f"{glyphs.branch}{sign} {self._dns_name}  ", style), (said, style)))
        if picture.trace is not None and picture.trace.address:
            sign = self._packet("service", glyphs.down)
            lines.append(paper.line((f"{sign} ", self._way("service")), (self._arriving(), self._way("service"))))
        service = self.scene.service
        if service is None:
            return [*lines, paper.line(("no Service yet", "$muted"))]
        name = joined(("Service  ", self._service_style()), (service.name, "bold"))
        parts = [self._address(service), selector_parts(service.selector, lit=service.lit), *self._counts()]
        return [*lines, *self._packed(name, parts)]

    def _packed(self, first: Line, parts: Sequence[Line]) -> Lines:
        """Parts after the first on as few lines as they need, none of them torn unless it is too long for one."""
        lines = [first]
        for part in parts:
            joined_on = Content("  ").join([lines[-1], part])
            if joined_on.cell_length <= self.width:
                lines[-1] = joined_on
            else:
                lines.append(" " * 9 + part)
        return [self.paper.cut(line, self.width) for line in lines]

    # Above the Pods, in boxes

    def _boxes(self) -> Lines:
        picture, glyphs, paper = self.picture, self.glyphs, self.paper
        who, address = self._client()
        left = min(max(len(who) + 4, 26), (self.width - _LINK) // 2)
        down = self._way("service")
        client = paper.box(
            "client",
            [
                literal(paper.short_pod(who, left - 4), "bold" if picture.trace else "$muted"),
                literal(address, "$muted"),
            ],
            left,
            self._way("back") if picture.trace else "$muted",
            bottom={_TRUNK: (glyphs.tee, down)},
        )
        asked, style = picture.reached("dns"), self._dns_style()
        trace = picture.trace
        idle = f"answers at {self.scene.dns}" if self.scene.dns and trace is None else ""
        question = literal(f"{trace.host}?") if trace and asked else literal(idle, "$muted")
        dns = paper.box(
            self._dns_name,
            [question, literal(self._answer(), style if not self._resolved else "bold")],
            self.width - left - _LINK,
            style,
        )
        there = f"{self._packet('dns', glyphs.dash)}{glyphs.dash * 3}{glyphs.right[-1]}" if asked else ""
        back = f"{glyphs.left[0]}{glyphs.dash * 4}" if asked else ""
        link = [literal(f" {part:^{_LINK - 2}} ", style) for part in ("", there, back, "")]
        upper = [a + middle + b for a, middle, b in zip(client, link, dns, strict=True)]
        trunk = self._packet("service", glyphs.trunk)
        lead = paper.line((" " * _TRUNK, ""), (trunk, down), (f" {self._arriving()}", down))
        return [*upper, lead, *self._service_box()]

    def _service_box(self) -> Lines:
        service, glyphs = self.scene.service, self.glyphs
        if service is None:
            return [self.paper.line((f"{' ' * _TRUNK}{glyphs.cross} no Service yet", "$muted"))]
        name = f"Service {service.name}" + ("" if service.namespace == "default" else f" in {service.namespace}")
        words = Content("   ").join([self._address(service), selector_parts(service.selector, lit=service.lit)])
        counts = Content("  ").join(self._counts())
        space = self.width - 4 - words.cell_length - counts.cell_length
        lines = [words + " " * space + counts] if space >= 2 or not counts.plain else [words, counts]
        chosen = self.picture.reached("dice") or self.picture.reached("pod")
        sign = glyphs.packet if self.picture.place == "dice" else glyphs.tee
        return self.paper.box(
            name,
            lines,
            self.width,
            self._service_style(),
            top={_TRUNK: (glyphs.down, self._way("service"))},
            bottom={_TRUNK: (sign, self.picture.way if chosen else "$muted")} if self._crowd.any_matches else None,
        )

    # What is said there

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
        return ("your computer", "outside the cluster") if trace.client.is_host else (trace.client.pod, trace.client.ip)

    @property
    def _asked(self) -> tuple[str, str, tuple[str, ...]] | None:
        """The name asked for last so far, how it was answered, and with what."""
        trace = self.picture.trace
        if trace is None or not trace.questions or not self.picture.reached("dns"):
            return None
        done = sum(hop.place == "dns" for hop in self.picture.hops[: self.picture.hop + 1])
        question = trace.questions[min(done, len(trace.questions)) - 1]
        return question.name, question.rcode, question.answers

    @property
    def _resolved(self) -> bool:
        return self._asked is not None and bool(self._asked[2])

    def _answer(self) -> str:
        """What the name turned out to be."""
        if self._asked is None:
            return ""
        name, rcode, answers = self._asked
        if answers:
            return ", ".join(answers)
        return f"{self.glyphs.cross} {rcode if rcode != 'NOERROR' else 'no such record'}: {name}"

    def _said_of_name(self) -> str:
        trace = self.picture.trace
        host = f"{trace.host} {self.glyphs.right} " if trace and self._resolved else ""
        return f"{host}{self._answer()}"

    def _arriving(self) -> str:
        trace = self.picture.trace
        if trace is None or not trace.address or not self.picture.reached("service"):
            return ""
        virtual = "" if trace.service else " (no Service has it)" if trace.backend is None else " (the Pod itself)"
        return f"{trace.address}:{trace.port}{virtual}"

    def _address(self, service: ServiceBox) -> Line:
        return joined((service.address, "bold"), (" port ", "$muted"), (service.ports, ""))

    def _counts(self) -> list[Line]:
        count, gone = self.scene.requests, self.scene.gone
        if not count:
            return []
        lost = f" ({gone} answered by Pods now gone)" if gone else ""
        return [literal(f"{count} request{'s' if count > 1 else ''}{lost}", "$muted")]

    # The story

    def _story(self) -> list[Lines]:
        """What happened, hop by hop."""
        if not self.picture.hops:
            hint = "Requests made with curl, wget or nslookup are played here, hop by hop."
            return [self.paper.wrap(literal(hint, "$muted"))]
        return [self._tell(number) for number in range(self.picture.hop + 1)]

    def _tell(self, number: int) -> Lines:
        hops, glyphs = self.picture.hops, self.glyphs
        hop, now = hops[number], number == self.picture.hop
        sign, style = glyphs.right, "$text-accent"
        if not hop.good:
            sign, style = glyphs.cross, "$text-error"
        elif hop.place == "back":
            sign, style = glyphs.done, "$text-success"
        place = f"{number + 1}/{len(hops)} "
        line = joined(
            (place, "$muted"),
            (f"{sign} ", f"bold {style}" if now or not hop.good else "$muted"),
            (hop.text, f"bold {style}" if now else "$muted"),
        )
        return self.paper.wrap(line, len(place) + len(sign) + 1)

    # Styles

    def _packet(self, place: Place, otherwise: str) -> str:
        """The request if it is there, a cross if it came to its end there, else the way."""
        if self.picture.place == place:
            return self.glyphs.packet
        return self.glyphs.cross if self.picture.stopped_at == place else otherwise

    def _way(self, place: Place) -> str:
        """The style of a piece of the way: `back` stands for the client, whom every request sets out from."""
        picture = self.picture
        if picture.trace is None or not (place == "back" or picture.reached(place)):
            return "$muted"
        return picture.way

    def _service_style(self) -> str:
        trace = self.picture.trace
        met = trace is not None and trace.service is not None and self.picture.reached("service")
        return self.picture.way if met else "$text-primary"

    def _dns_style(self) -> str:
        picture = self.picture
        hop = picture.hops[picture.hop] if picture.hops else None
        if hop is not None and hop.place == "dns":
            return "$text-accent" if hop.good else "$text-error"
        return "$text-error" if picture.stopped_at == "dns" else "$text-primary" if picture.reached("dns") else "$muted"


def _newest(story: Sequence[Lines], room: int) -> Lines:
    """As many of the story's newest parts as there is room for; the newest one always, cut short if need be."""
    kept: Lines = []
    for part in reversed(story):
        if kept and len(kept) + len(part) > room:
            break
        kept = [*part[:room], *kept]
    return kept
