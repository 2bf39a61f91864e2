"""The devices of a demonstration behind Ctrl+K: cards in and out, the line cut, a reply lost. Nothing of it exists at a real counter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from settlement.errors import Language
from settlement.money import format_yuan
from terminal.screen.cashier.mode import Mode, named_key
from terminal.screen.cashier.view import KeyView, Panel
from terminal.screen.literal import literal
from terminal.screen.paint import Column, Row, Span, row, table
from terminal.screen.words import language, tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from terminal.screen.cashier.model import Cashier

_CARDS_MOST = 9
_SAMPLES = 3
_SLOW_S = 3.0


class CardOnDesk(Protocol):
    """A card that lies there or is in the reader."""

    @property
    def role(self) -> str: ...  # noqa: D102 - as in terminal.demo.devices
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def pin(self) -> str: ...  # noqa: D102
    @property
    def inserted(self) -> bool: ...  # noqa: D102
    @property
    def allowance_fen(self) -> int | None: ...  # noqa: D102


class Shown(Protocol):
    """How the devices stand."""

    @property
    def line(self) -> str: ...  # noqa: D102
    @property
    def slow_s(self) -> float: ...  # noqa: D102
    @property
    def reply_lost(self) -> bool: ...  # noqa: D102
    @property
    def reply_doubled(self) -> bool: ...  # noqa: D102
    @property
    def pull_prepared(self) -> bool: ...  # noqa: D102


class SimulatedDevices(Protocol):
    """What :class:`terminal.demo.devices.Devices` offers: the screen loads nothing of the demonstration."""

    def cards(self) -> Sequence[CardOnDesk]: ...  # noqa: D102
    def samples(self) -> Sequence[str]: ...  # noqa: D102
    def state(self) -> Shown: ...  # noqa: D102
    def unready(self, language: Language) -> str: ...  # noqa: D102
    def swap(self, role: str) -> None: ...  # noqa: D102
    def pull(self) -> None: ...  # noqa: D102
    def pull_during_next_write(self) -> None: ...  # noqa: D102
    def cut_line(self) -> None: ...  # noqa: D102
    def mend_line(self) -> None: ...  # noqa: D102
    def slow_line(self, seconds: float) -> None: ...  # noqa: D102
    def drop_next_reply(self) -> None: ...  # noqa: D102
    def double_next_reply(self) -> None: ...  # noqa: D102
    def report_loss(self, role: str) -> None: ...  # noqa: D102


class DevicesMode(Mode):
    """One key for each thing that can happen at a counter. The panel stays open until Esc or Ctrl+K."""

    def __init__(self, till: Cashier, devices: SimulatedDevices, under: Mode) -> None:
        super().__init__(till)
        self._devices = devices
        self.under = under

    def escape(self) -> None:
        """Go back to what was being done."""
        self.till.enter(self.under)

    def type(self, text: str) -> None:  # noqa: C901 - one line a key
        """Do one thing."""
        cards = self._devices.cards()
        if text.isascii() and text.isdigit() and 1 <= int(text) <= len(cards[:_CARDS_MOST]):
            self._devices.swap(cards[int(text) - 1].role)
            self.escape()
            return
        match text.lower():
            case "0":
                self._devices.pull()
                self.escape()
            case "c":
                (self._devices.mend_line if self._devices.state().line == "cut" else self._devices.cut_line)()
            case "s":
                self._devices.slow_line(0 if self._devices.state().slow_s else _SLOW_S)
            case "d":
                self._devices.drop_next_reply()
            case "b":
                self._devices.double_next_reply()
            case "w":
                self._devices.pull_during_next_write()
            case "l":
                for card in cards:
                    if card.inserted:
                        self._devices.report_loss(card.role)

    def press(self, action: str) -> None:
        """Close by the key that opened it."""
        if action == "devices":
            self.escape()

    @property
    def panel(self) -> Panel:
        """Cards, then the line, then what can go wrong."""

        def paint(columns: int, height: int) -> list[Row]:
            del height
            state = self._devices.state()
            rows = [row(Span(f" {tr('Devices of the demonstration')}", "title")), row(""), *_cards(self._devices, columns)]
            choices = (
                ("0", tr("Take the card out"), False),
                ("C", tr("Cut or mend the line"), state.line == "cut"),
                ("S", tr("A slow line"), bool(state.slow_s)),
                ("D", tr("Lose the next answer"), state.reply_lost),
                ("B", tr("The next answer comes twice"), state.reply_doubled),
                ("W", tr("Pull the card during the next write"), state.pull_prepared),
                ("L", tr("Report the card in the reader lost"), False),
            )
            rows.append(row(""))
            rows += [
                row(Span(f" {key} ", "key_next" if on else "key"), Span(f" {label}", "attention" if on else "text"))
                for key, label, on in choices
            ]
            return rows

        return paint

    @property
    def keys(self) -> list[KeyView]:
        """Leave."""
        return [named_key("Esc", tr("Back"), following=True)]


def _cards(devices: SimulatedDevices, columns: int) -> list[Row]:
    heads = (
        Column(""),
        Column(tr("Card"), grows=True),
        Column(tr("PIN"), align="right"),
        Column(""),
        Column(tr("allowance"), align="right"),
    )
    cells = [
        [
            Span(f" {number} ", "key_next" if card.inserted else "key"),
            Span(card.name, "strong"),
            Span(card.pin, "notice"),
            Span(tr("in the reader") if card.inserted else tr("on the desk"), "attention" if card.inserted else "dim"),
            Span("?" if card.allowance_fen is None else format_yuan(card.allowance_fen), "account"),
        ]
        for number, card in enumerate(devices.cards()[:_CARDS_MOST], 1)
    ]
    return [Row((*line.spans, Span(" "))) for line in table(heads, cells, columns - 1)]


def strip_spans(devices: SimulatedDevices, *, training: bool = False) -> tuple[Span, ...]:
    """Return the strip of a demonstration or a training: what can be typed, and the PINs."""
    chip = Span(f" {tr('TRAINING') if training else tr('DEMO')} ", "key_next")
    if waits := devices.unready(language()):
        return (chip, Span(f" {literal(waits)}", "attention"))
    spans = [
        chip,
        Span(f" {tr('type')} ", "dim"),
        Span(" ".join(devices.samples()[:_SAMPLES]), "strong"),
    ]
    spans += [Span(f"  Ctrl+K {tr('cards, line')} ", "dim")]
    # The PIN that will be asked for comes first: a narrow terminal cuts the others.
    for card in sorted(devices.cards(), key=lambda card: not card.inserted):
        spans += [Span(f" {literal(card.name)} ", "strong" if card.inserted else "dim"), Span(card.pin, "notice")]
    return tuple(spans)
