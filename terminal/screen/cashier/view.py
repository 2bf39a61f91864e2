"""What the cashier's screen shows, as plain values: the model fills it, the painting lays it out. Loads nothing of the trade."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from terminal.screen.paint import Row, Span

Panel = Callable[[int, int], list[Row]]
"""(columns, rows) → what stands in the left pane instead of the bill."""


@dataclass(slots=True, kw_only=True)
class LineView:
    """One line of the bill."""

    number: str
    charge_class: str
    class_role: str
    name: str
    count: str
    unit: str
    price: str
    amount: str
    details: tuple[str, ...] = ()
    """For the second line, the most useful first."""
    attention: str = ""
    """Why F8 will not take it yet, or what it costs the customer; empty when nothing."""


@dataclass(slots=True, kw_only=True)
class FindView:
    """One item found."""

    code: str
    charge_class: str
    class_role: str
    name: str
    spec: str
    price: str


@dataclass(slots=True, kw_only=True)
class PersonView:
    """Who is insured."""

    name: str
    about: str
    """Sex and age."""
    chip: str
    rows: list[tuple[str, str, str]]
    """(label, value, role), the most useful first."""


@dataclass(slots=True, kw_only=True)
class Share:
    """One of the three parts of the split."""

    label: str
    amount: str
    fen: int
    role: str
    bar: str


@dataclass(slots=True, kw_only=True)
class Number:
    """The one huge number."""

    label: str
    amount: str
    role: str = "huge_total"
    frame: str = "frame"
    foot: tuple[tuple[str, str, str], ...] = ()
    """(label, value, role) under it."""


@dataclass(slots=True, kw_only=True)
class StripItem:
    """One item of the status strip. ``state``: ok, attention, fault."""

    label: str
    value: str
    short: str
    state: str = "ok"


@dataclass(slots=True, kw_only=True)
class KeyView:
    """One key of the key bar; ``following`` marks the next step."""

    key: str
    label: str
    following: bool = False


@dataclass(slots=True, kw_only=True)
class View:
    """The whole screen."""

    product: str = ""
    shop: str = ""
    code: str = ""
    chips: tuple[str, ...] = ()
    till: str = ""
    operator: str = ""
    date: str = ""
    time: str = ""
    quantity: str = ""
    query: str = ""
    placeholder: str = ""
    typing: bool = True
    """Whether what is typed goes into the scan line."""
    prompt: tuple[Span, ...] = ()
    """Stands in the scan line instead of the query: the tender, an amount asked for."""
    things: str = ""
    """Stands over the names of the lines."""
    lines: list[LineView] = field(default_factory=list)
    focus: int = -1
    finds: list[FindView] = field(default_factory=list)
    find_focus: int = 0
    finding: bool = False
    panel: Panel | None = None
    person_title: str = ""
    person: PersonView | None = None
    card_words: tuple[Span, ...] = ()
    split_title: str = ""
    shares: list[Share] = field(default_factory=list)
    breakdown: list[tuple[str, str, str]] = field(default_factory=list)
    split_words: tuple[Span, ...] = ()
    """Instead of shares: why there is no split yet."""
    reminders: list[tuple[str, str]] = field(default_factory=list)
    """(role, text)."""
    reminder_title: str = ""
    number: Number | None = None
    message: tuple[Span, ...] = ()
    counts: str = ""
    total_label: str = ""
    total: str = ""
    strip: list[StripItem] = field(default_factory=list)
    strip_end: str = ""
    keys: list[KeyView] = field(default_factory=list)
    demonstration: tuple[Span, ...] = ()
    """A strip of its own, where there are simulated devices."""
    safe: bool = False
