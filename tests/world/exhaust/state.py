"""What tells states apart: everything that later moves go by, under names that do not depend on how it came about."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from offline_queue.fold import Folded, Standing
from offline_queue.journal.values import DueRow
from settlement.allowance import NOT_AFTER_MONTHS, SaleWrite
from settlement.card_debit import DebitPlan
from settlement.facts import RefreshIntended, SaleIntended
from tests.world.exhaust.case import LEGACY
from tests.world.town.reader import seen

if TYPE_CHECKING:
    from tests.world.exhaust.world import World

ALLOWANCE, INTENTS, DEBITS = "DF04|EF06", "DF04|EF15", "DF04|EF08"
"""The files of a card's image that sales write."""
_AMOUNT = "92"
_PROOF = slice(32, 56)
_DEAD = {Standing.REJECTED, Standing.ABANDONED}


@dataclass(slots=True)
class State:
    """What a state is, and the names under which it was told."""

    newest: int
    """The last generation of the person's allowance: the others count from it."""
    names: dict[str, int] = field(default_factory=dict)
    """Identifiers by the order in which they were met."""
    tags: dict[int, object] = field(default_factory=dict)
    """The writers of the tags on the card; of any other no more than that it is there is told."""
    mark: bytes = b""
    """Equal ones go on alike."""

    def name(self, identifier: str) -> int:
        """Return the number of one; -1 for none."""
        return self.names.setdefault(identifier, len(self.names)) if identifier else -1

    def tag(self, tag: int) -> object:
        """Return who wrote one."""
        return self.tags.get(tag, 0)


def state_of(world: World, *, in_scope: bool = True) -> State:
    """Return the state of ``world``, faults left aside. ``in_scope``: with what may still be begun."""
    sql = "SELECT coalesce(max(generation), 0) FROM earmark WHERE psn_no = ?"
    state = State(world.raw_centre.execute(sql, (world.psn_no,)).fetchone()[0])
    sender: Any = world.shop.sender
    whole = (
        _journal_told(world, state),
        _card_told(world, state),
        _centre_told(world, state),
        [(json.loads(body)["infno"], state.name(json.loads(body)["msgid"])) for body in world.line.late],
        (world.line.cut, bool(sender._sign_on.number), sender._line.state == "up", world.shop._started),
        sorted(state.name(subject) for subject in world.customer.taken if subject not in world.before),
        (world.scope if in_scope else None, len(world.debits)),
    )
    state.mark = blake2b(repr(whole).encode(), digest_size=16).digest()
    return state


def _journal_told(world: World, state: State) -> object:
    journal = world.shop.journal
    told: list[object] = []
    own = [subject for subject in journal.subjects() if subject not in world.before]
    for folded, records, owed in journal.histories(own):
        told.append(_subject(folded, records[0].kind, owed, state))
        if records[0].kind == RefreshIntended.kind and folded.standing is Standing.PENDING:
            state.tags[records[0].body["tag"]] = "refresh"
            told.append(("refresh", state.newest - records[0].body["generation"]))
    return (
        [one for one in told if one is not None],
        sorted(state.name(one.msgid) for one in journal.strays()),
        [state.name(subject) for subject in journal.unanswered()],
        [state.name(subject) for subject in journal.open_subjects() if subject in state.names],
    )


def _subject(folded: Folded, kind: str, owed: DueRow | None, state: State) -> object | None:
    """Return what is told of a subject; None of what is over and says nothing of what may come."""
    intent = folded.intent
    if intent is None:
        return (kind, folded.standing) if kind == "cash_sale" else None
    if folded.original and folded.standing in _DEAD and owed is None:
        return None
    name = state.name(folded.subject)
    on_card: tuple[int | None, ...] | None = None
    if isinstance(intent, SaleIntended) and isinstance(intent.card, DebitPlan):
        on_card = (intent.card.balance_fen, intent.card.own_fen)
    if isinstance(intent, SaleIntended) and isinstance(intent.card, SaleWrite):
        state.tags[intent.card.tag] = name
        before = intent.card.before
        on_card = (state.newest - (before.generation or 0), before.counter, before.amount_fen, intent.card.debit_fen)
    named = replace(
        folded,
        subject="",
        intent=None,
        receipt="",
        at="",
        setl_id=str(bool(folded.setl_id)),
        mdtrt_id="",
        words="",
        reversed_by=str(state.name(folded.reversed_by)),
        redeemed_by=str(state.name(folded.redeemed_by)),
        printed=min(folded.printed, 1),
    )
    waits = owed and (owed.lane, owed.state, min(owed.attempts, 1), state.name(owed.after))
    return name, intent.way, state.name(folded.original), named, on_card, waits


def _card_told(world: World, state: State) -> object:
    if world.case.back_end == LEGACY:
        debits = world.card.cyclic.get(DEBITS, [])
        return world.card.records[ALLOWANCE][_AMOUNT], [entry and entry[_PROOF] for entry in debits]
    card = seen(world.card)
    generation = None if card.generation is None else state.newest - card.generation
    is_open = None if card.not_after is None else card.not_after in set(NOT_AFTER_MONTHS)
    return generation, card.counter, card.amount_fen, is_open, [None if tag is None else state.tag(tag) for tag in card.tags]


def _centre_told(world: World, state: State) -> object:
    db, before = world.raw_centre, world.before
    settled = db.execute(
        """SELECT settlement.infno, settlement.msgid, coalesce(sold.msgid, ''), settlement.corrected, settlement.covered_fen
           FROM settlement LEFT JOIN settlement AS sold ON sold.setl_id = settlement.original ORDER BY settlement.number"""
    ).fetchall()
    earmarks = db.execute(
        """SELECT generation, earmark.state, seen <> '', read_fen, balance_fen FROM earmark
           JOIN account ON name = 'earmark/' || number WHERE psn_no = ? AND (balance_fen <> 0 OR generation = ?) ORDER BY number""",
        (world.psn_no, state.newest),
    ).fetchall()
    heard = db.execute("SELECT DISTINCT msgid, infno, infcode FROM exchange WHERE infno IN ('2102', '2103') ORDER BY number").fetchall()
    return (
        [(infno, state.name(msgid), state.name(sold), *rest) for infno, msgid, sold, *rest in settled if msgid not in before],
        [(state.newest - generation, *rest) for generation, *rest in earmarks],
        [(state.name(msgid), infno, infcode) for msgid, infno, infcode in heard if msgid not in before],
        db.execute("SELECT balance_fen FROM account WHERE name = ?", (f"available/{world.psn_no}",)).fetchone(),
    )
