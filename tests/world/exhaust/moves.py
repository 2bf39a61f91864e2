"""What may happen next in a world, and what must hold when nothing fails any more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from offline_queue.fold import Folded
from offline_queue.journal_command import export
from tests.world.exhaust.case import LEGACY, ROLE
from tests.world.exhaust.world import World
from tests.world.town.chance import Crashed

_FEN = 1234
_LONG_S = 4000
"""Longer than any pause of the sender."""
_TRANSIT_S = 30 * 3600
"""So long after the last attempt a day's file is cut late enough to judge it."""
_DEADLINE_S = 250 * 86_400
_AUDIT_STEPS = 12


def moves_of(world: World) -> dict[str, Callable[[], None]]:
    """Return what may happen in this state, by name."""
    shop, scope, left = world.shop, world.scope, world.left
    foreign = scope.foreign > 0 and world.foreign_may_debit
    # A card that debits by itself does it as a whole.
    tears = foreign and left.card > 0 and world.case.back_end != LEGACY
    own = [folded for folded in shop.journal.folded() if folded.subject not in world.before]
    open_ = bool(shop.journal.open_subjects() or shop.journal.unanswered())
    voidable = next((one.subject for one in own if one.done and not one.original and not one.reversed_by), "")
    may: dict[str, tuple[bool, Callable[[], None]]] = {
        "the customer buys": (scope.sales > 0, lambda: _buys(world)),
        "the customer shows the card": (open_, lambda: _comes(world, buys=False)),
        "the customer brings it back": (scope.voids > 0 and voidable != "", lambda: _voids(world, voidable)),
        "the sender works": (bool(shop.journal.owed()), lambda: _sender_works(world)),
        "the till catches up": (open_ or any(_printable(one) for one in own), lambda: _catches_up(world)),
        "the line is cut": (not world.line.cut, lambda: setattr(world.line, "cut", True)),
        "the line is mended": (world.line.cut, lambda: setattr(world.line, "cut", False)),
        "a late request arrives": (bool(world.line.late), world.line.arrive_one),
        "the daily audit": (not world.line.cut and (open_ or bool(shop.journal.owed())), lambda: _audits(world)),
        "a foreign debit": (foreign, lambda: _foreign(world, torn=False)),
        "a foreign debit is torn": (
            tears,
            lambda: _foreign(world, torn=True),
        ),
    }
    return {name: go for name, (possible, go) in may.items() if possible}


def in_the_end(world: World) -> list[str]:
    """Have nothing fail any more, mend the line, let all arrive and everybody come by; return what does not hold then.

    The day's files judge what was sent. An off-line doubt that no card proves is over at its deadline, and until then it is listed.
    """
    world.ways.calm = True
    world.line.cut = False
    while world.line.late:
        world.line.arrive_one()
    _catches_up(world)
    once = world.fingerprint()
    world.shop.start_till()
    _catches_up(world)
    found = [] if world.fingerprint() == once else ["13: recovery twice is another state than recovery once"]
    if not _settles(world):
        _audits(world)
        if not _settles(world):
            found += world.broken() + _not_judged(world)
            world.clock.ticks += _DEADLINE_S
            _audits(world)
            return found + world.broken(drained=True, lapsed=True)
    return found + world.broken(drained=True)


def _settles(world: World) -> bool:
    """Have the sender work and the customer come by; return whether all is as it must be in the end."""
    journal = world.shop.journal
    if journal.owed():
        _sender_works(world)
    if journal.open_subjects() or journal.unanswered():
        _comes(world, buys=False)
    _catches_up(world)
    return not world.broken(drained=True)


def _not_judged(world: World) -> list[str]:
    """Return doubts that the day's files left open: only what no request was sent of may wait for its deadline."""
    doubts = export(world.shop.journal, reveal=False)["doubts"]
    return [f"14: {one['subject']} was sent, and no statement judged it" for one in doubts if world.shop.journal.due_row(one["subject"])]


def _printable(folded: Folded) -> bool:
    return folded.done and not folded.printed


def _comes(world: World, *, buys: bool) -> None:
    world.customer.come(buys=buys)
    world.sell(world.shop, ROLE, _FEN)


def _buys(world: World) -> None:
    world.scope = replace(world.scope, sales=world.scope.sales - 1)
    _comes(world, buys=True)


def _voids(world: World, subject: str) -> None:
    world.scope = replace(world.scope, voids=world.scope.voids - 1)
    world.customer.come(buys=True)
    world.put_card_in()
    world.shop.run("void", subject)


def _sender_works(world: World) -> None:
    world.clock.ticks += _LONG_S
    world.shop.send(backlog=True)
    world.shop.send(backlog=True)


def _catches_up(world: World) -> None:
    world.customer.come(buys=False)
    world.shop.catch_up()


def _foreign(world: World, *, torn: bool) -> None:
    world.scope = replace(world.scope, foreign=world.scope.foreign - 1)
    if torn:
        world.ways.left = world.ways.left.without("card")
    world.foreign_debit(torn=torn)


def _audits(world: World) -> None:
    """Let the next day come: nothing is under way any more, the files are cut, and the till acts on what they say."""
    shop = world.shop
    while world.line.late:
        world.line.arrive_one()
    world.clock.ticks += _TRANSIT_S
    sender: Any = shop.sender
    sender._audit._today = ""
    sender._audit._backoff.forget()
    shop.send(backlog=True)
    try:
        for _ in range(_AUDIT_STEPS):
            if not sender._audit.step():
                break
    except Crashed:
        shop.start_sender()
    _catches_up(world)
    shop.send(backlog=True)
    _catches_up(world)
