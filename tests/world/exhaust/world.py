"""One counter, one person, one centre and a foreign terminal: a world whose state can be kept, put back and told from others.

The till, its sender, the fold, the journal's rules and tables, the centre and the card's operating system are the product's own, as in
the town. What is abstracted: time (two states that differ only in when they came about are one, and the sender's pauses are over
when a move begins), identifiers (msgids, generations and tags count by their place, not by their value), the questions a centre was
asked, the PIN, and what the centre's statements cost to fetch.
"""

from __future__ import annotations

import copy
from contextlib import closing
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any, Self

import sqlcipher3.dbapi2 as sqlcipher

from clearing.desk import Validity
from clearing.export import export as clearing_export
from clearing.personality import Personality
from clearing.pricing import PolicyOf
from offline_queue.journal_command import export
from simulator import crypto
from simulator.image import CardImage
from simulator.personalise import card_of, read
from terminal.cards import ldt
from terminal.demo.cast import Player, roster
from tests.checker import stored
from tests.checker.decide import wrongs
from tests.world.exhaust import foreign
from tests.world.exhaust.case import ALLOWANCE, LEGACY, ROLE, Case, Scope
from tests.world.exhaust.customer import Asked
from tests.world.exhaust.line import Line
from tests.world.exhaust.mind import Mind
from tests.world.exhaust.state import ALLOWANCE as OFFLINE
from tests.world.exhaust.state import DEBITS, INTENTS, State, state_of
from tests.world.exhaust.ways import Budget, Ways
from tests.world.town.goods import goods_wrongs
from tests.world.town.reader import seen
from tests.world.town.town import Town, cast, doubts_wrongs

_LOADED_FEN = 5000
_LIST_S = 20_000
"""The list is fetched at each reconnection and each day: in between it changes nothing here."""
_PACK = Path(__file__).parents[3] / "config" / "regions" / "990100" / "2023-02-01.toml"


@dataclass(slots=True)
class Kept:
    """A state of the world, between two moves."""

    journal: Any
    centre: Any
    card: CardImage
    ticks: float
    late: tuple[bytes, ...]
    doubled: frozenset[str]
    cut: bool
    taken: frozenset[str]
    sign_no: str
    line_state: Any
    is_started: bool
    issued: str
    """The till's last id, which may be in no record yet."""
    debits: tuple[dict[str, Any], ...]
    scope: Scope
    left: Budget


class World(Town):
    """A town of one counter, moved by a script."""

    sign_in = Validity()
    """Here a sign-in is forgotten when it is one of the ways, and not by time."""

    def __init__(self, case: Case, scope: Scope, left: Budget) -> None:
        self.case, self.scope = case, scope
        self.ways = Ways(self._mark)
        self.left = left
        self.debits: tuple[dict[str, Any], ...] = ()
        self.before: frozenset[str] = frozenset()
        self._marked: object = None
        self._state = State(0)
        super().__init__("world", case.personality, chance=self.ways, tills=("01",), roles=(ROLE,))

    def __enter__(self) -> Self:
        super().__enter__()
        (self.shop,) = self.shops
        self.customer = Asked(self.ways, self.put_card_in)
        self.customer.digits_of_pin = cast()[ROLE].pin
        self.shop.customer = self.customer
        self.shop.list_every_s = _LIST_S
        self.shop.start_till()
        self.before = frozenset(self.shop.journal.subjects())
        self.psn_no = cast()[ROLE].psn_no
        return self

    @property
    def line(self) -> Line:
        """The counter's line."""
        wire = self.shop.wire
        assert isinstance(wire, Line)
        return wire

    @property
    def card(self) -> CardImage:
        """The person's card."""
        return self.cards[ROLE]

    def put_card_in(self) -> None:
        """Put the person's card into the reader."""
        self.shop.reader.insert(self.card)

    def _wire(self) -> Line:
        return Line(self.ways, self.centre.answer, self.case.personality, self._forget_sign_ins)

    def _people(self, roll: Path) -> dict[str, Player]:
        """Nobody else is on the roll. Have the office load the card where cards debit by themselves, and know what it makes proofs with."""
        people = {ROLE: super()._people(roll)[ROLE]}
        if self.case.back_end != LEGACY:
            return people
        roll.write_text(roster(people), encoding="utf-8")
        row = next(row for row in read(roll) if row["image"].startswith(f"{ROLE}."))
        card = card_of(row, "town")
        key = crypto.proof_key(bytes.fromhex(card.keys[ldt.key_place("DTKDF04")]), crypto.Algorithm(card.algorithm))
        return people | {ROLE: replace(people[ROLE], loaded_fen=_LOADED_FEN, proof_key=key.hex().upper())}

    def _rules(self, known: PolicyOf) -> PolicyOf:
        """Till and centre go by the same."""
        return known

    def _packs(self, folder: Path) -> Path | None:
        """Beside the shipped packs, where the area's cards keep no allowance, one that says so from this year on."""
        if self.case.back_end == ALLOWANCE:
            return None
        own = folder / "packs" / "990100"
        own.mkdir(parents=True)
        text = _PACK.read_text(encoding="utf-8").replace("effective = 2023-02-01", "effective = 2026-01-01")
        (own / "2026-01-01.toml").write_text(
            text.replace('offline_account = "allowance"', f'offline_account = "{self.case.back_end}"'), encoding="utf-8"
        )
        return own.parent

    def _more_settings(self, folder: Path) -> str:
        """State two days: an audit comes thirty hours after the one before. Have the till read the same packs."""
        packs = "" if self.case.back_end == ALLOWANCE else f'\n[regions]\ndirectory = "{(folder / "packs").as_posix()}"\n'
        return f"\n[centre.statements]\ndays = 2\n{packs}"

    @property
    def raw_centre(self) -> Any:  # noqa: ANN401 - the driver has no types
        """The centre's database."""
        with closing(self._database._engine.raw_connection()) as pooled:
            return pooled.driver_connection

    def _forget_sign_ins(self) -> None:
        self.raw_centre.execute("UPDATE sign_in SET ended = 1")

    def _mark(self) -> object:
        """Return what changes with everything that outlives a process."""
        count = self.shop.store._raw.execute("SELECT max(seq) FROM record").fetchone()[0]
        records, tags = self.card.records[OFFLINE], self.card.cyclic.get(INTENTS) or [""]
        debits = len(self.card.cyclic.get(DEBITS, []))
        return (
            count,
            self.line.arrived,
            len(self.line.late),
            len(self.customer.taken),
            tuple(records.values()),
            tags[:1] and tags[0],
            debits,
        )

    # --- keeping and putting back ----------------------------------------------------------------------

    def keep(self) -> Kept:
        """Return the state, to be put back as often as one likes."""
        sender: Any = self.shop.sender
        return Kept(
            journal=_copy_of(self.shop.store._raw),
            centre=_copy_of(self.raw_centre),
            card=copy.deepcopy(self.card),
            ticks=self.clock.ticks,
            late=tuple(self.line.late),
            doubled=self.line.doubled,
            cut=self.line.cut,
            taken=frozenset(self.customer.taken),
            sign_no=sender._sign_on.number,
            line_state=sender._line.state,
            is_started=self.shop._started,
            issued=self.shop.journal.notes._issued,
            debits=self.debits,
            scope=self.scope,
            left=self.ways.left if not self.ways.calm else self.left,
        )

    def put_back(self, kept: Kept) -> None:
        """Have everything be as it was: both processes run on, and nothing but their pauses is over."""
        kept.journal.backup(self.shop.store._raw)
        kept.centre.backup(self.raw_centre)
        self.cards[ROLE] = copy.deepcopy(kept.card)
        self.clock.ticks = kept.ticks
        self.line.late.clear()
        self.line.late.extend(kept.late)
        self.line.doubled = kept.doubled
        self.line.cut = kept.cut
        self.customer.taken = set(kept.taken)
        sender: Any = self.shop.sender
        sender._sign_on.number, sender._line.state = kept.sign_no, kept.line_state
        self.shop._started = kept.is_started
        self.shop.journal.notes._issued = kept.issued
        sender._backoff.forget()
        sender._query.forget()
        self.shop.beat = 0.0
        self.shop.list_due = kept.ticks + self.shop.list_every_s
        self.shop.reader.insert(None)
        self.debits, self.scope, self.left = kept.debits, kept.scope, kept.left
        self._marked = None

    # --- the foreign terminal --------------------------------------------------------------------------

    def foreign_debit(self, *, torn: bool) -> None:
        """Have a terminal of another make debit the card off-line; it never reports."""
        card_no = cast()[ROLE].card_no
        if self.case.back_end == LEGACY:
            self.debits = (*self.debits, foreign.debit_by_the_card(self.card, card_no, cast()[ROLE].pin))
            return
        counters = foreign.debit_the_allowance(self.card, torn=torn)
        if not torn:
            self.debits = (*self.debits, foreign.told(card_no, *counters))

    @property
    def foreign_may_debit(self) -> bool:
        """Whether the card carries what the foreign terminal sells for."""
        card = seen(self.card)
        held = self.case.back_end == LEGACY or (bool(card.counter) and card.generation is not None)
        return held and (card.amount_fen or 0) >= foreign.FEN

    # --- telling states apart --------------------------------------------------------------------------

    def fingerprint(self, *, in_scope: bool = True) -> bytes:
        """Return what the state is, faults left aside: equal ones go on alike. ``in_scope``: with what may still be begun."""
        return state_of(self, in_scope=in_scope).mark

    def going_on(self, point: str) -> bytes:
        """Return what a move goes on from in its middle, at ``point``: state, open question, and what the processes have in mind."""
        shop, raw = self.shop, self.shop.store._raw
        sender: Any = shop.sender
        owed = [(row.msgid, row.state) for row in shop.journal.owed()]
        mark = (self._mark(), owed, self.line.cut, sender._sign_on.number, sender._line.state, shop._started, self.debits, self.scope)
        if mark != self._marked:
            self._marked, self._state = mark, state_of(self)
        mind = Mind(self.clock.ticks, self._state)
        asked = raw.execute("SELECT infno, state, answer FROM enquiry ORDER BY number DESC LIMIT 1").fetchone()
        around = [mind.told(one) for one in (asked, shop.reader._card is None, shop.till, sender, self.customer)]
        whole = (self._state.mark, point, around, mind.stack(until="_Search._go"))
        return blake2b(repr(whole).encode(), digest_size=16).digest()

    # --- what must hold --------------------------------------------------------------------------------

    def broken(self, *, drained: bool = False, lapsed: bool = False) -> list[str]:
        """Return each invariant that does not hold now; ``drained``: nothing fails any more, and nothing may be left open.

        ``lapsed``: the allowance is past its last month. What the card says of it counts no more.
        """
        with self._database.transaction() as db:
            centre = clearing_export(db)
        journal = export(self.shop.journal, reveal=True)
        foreign = {"till": "foreign", "queue": 0, "settlements": [], "debits": list(self.debits), "doubts": []}
        found = wrongs([journal, foreign], centre, [] if lapsed else [seen(self.card)], drained=drained)
        if self.case.personality == Personality.RE_EXECUTES and not drained:
            # Nobody at the counter can know of a copy that the line made: the day's file tells, and the till releases it.
            copied = self.line.doubled
            found = [wrong for wrong in found if not (wrong.startswith(("7: ", "12: ")) and copied.intersection(wrong.split()))]
        found += doubts_wrongs(self.shop)
        found += stored.wrongs_of(self.shop.store._raw)
        if drained:
            found += goods_wrongs(self.shop, journal)
        return found


def _copy_of(db: Any) -> Any:  # noqa: ANN401 - the driver has no types
    copied = sqlcipher.connect(":memory:", isolation_level=None, check_same_thread=False)
    db.backup(copied)
    return copied
