"""Three counters, five people, one centre, and everything that may go wrong: the real logic in one thread, run by one seed."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from clearing.centre import Centre
from clearing.database import Database
from clearing.desk import Signature, Validity
from clearing.export import export as clearing_export
from clearing.personality import Personality
from clearing.pricing import PolicyOf
from clearing.roster import enrol_all
from config.case_file import lines_of
from config.entropy import SeededEntropy
from config.regions import policy_for
from config.settings import Settings
from offline_queue.journal import Entry
from offline_queue.journal_command import export
from settlement.bill import Bill
from settlement.checkout.states import Sale
from settlement.errors import Refusal
from settlement.money import format_yuan
from simulator.image import CardImage
from simulator.personalise import card_of, psam_of, read
from terminal import journal_view
from terminal.demo.cast import Player, players, roster
from tests.checker import stored
from tests.checker.decide import wrongs
from tests.world.town.chance import Chance
from tests.world.town.counter import CentreClock, Shop, TownClock
from tests.world.town.goods import goods_wrongs
from tests.world.town.reader import Reader, seen
from tests.world.town.rules import moved_on
from tests.world.town.wire import Wire

AIM = "@"
"""What stands in a seed before the point at which somebody dies for certain."""
AFTER = "#"
"""What stands behind that point, before the number of the future that comes after the death."""
SHOPS = ("01", "02", "03")
ROLES = ("first", "second", "torn", "lost", "killed")
_AREA = "990100"
_SETTINGS = """[counter]
fixmedins_code = "P99010000001"
fixmedins_name = "演示药店"
admdvs = "990100"
venue = "pharmacy"
till = "{till}"
operator = "demo"
operator_name = "演示"

[centre]
url = "http://127.0.0.1:1/fsi/api/callService"
connect_s = 0.5
exchange_s = 0.5
query_every_s = 0.2
hotlist_every_s = 600

[reader]
kind = "simulated"
slot_dir = "."

[demonstration]
seed = "{till}"
"""
_QUIET_ROUNDS = 3
_STATEMENTS = 2


@cache
def cast() -> dict[str, Player]:
    """Return who lives in the town, by role."""
    return {role: player for role, player in players("town").items() if role in ROLES}


class Town:
    """One run. The same seed and personality give the same trace, byte for byte."""

    sign_in = Validity(requests=25, minutes=30)

    def __init__(
        self, seed: str, personality: str, *, chance: Chance | None = None, tills: Sequence[str] = SHOPS, roles: Sequence[str] = ROLES
    ) -> None:
        number, _, aimed = seed.partition(AIM)
        aim, _, after = aimed.partition(AFTER)
        self.chance = chance or Chance(f"{number}/{personality}", aim=aim, after=after)
        self.clock = TownClock()
        self.roles = roles
        self._tills = tills
        self._personality = personality
        self._ends = ExitStack()
        self.operations = self.settlements = self._copies = 0

    def __enter__(self) -> Self:
        folder = Path(self._ends.enter_context(TemporaryDirectory()))
        entropy = SeededEntropy("town")
        self._database = Database(None, create=True)
        self._ends.callback(self._database.close)
        roll = folder / "roster.toml"
        roll.write_text(roster(self._people(roll)), encoding="utf-8")
        with self._database.transaction() as db:
            enrol_all(db, roll, self._at)
        packs = self._packs(folder)
        self.centre = Centre(
            self._database,
            CentreClock(self.clock),
            Signature(folder, entropy),
            self._rules(partial(policy_for, directory=packs)),
            personality=Personality(self._personality),
            entropy=entropy,
            sign_in=self.sign_in,
        )
        rows = {row["image"].removesuffix(".card"): row for row in read(roll)}
        self.cards: dict[str, CardImage] = {role: card_of(rows[role], "town") for role in self.roles}
        psam = psam_of(_AREA, "town")
        self.shops = []
        for till in self._tills:
            self.shops.append(self._shop(folder, till, entropy, self._wire(), Reader(self.chance, psam)))
        self.chance.calm = True
        for shop in self.shops:
            shop.send()
        for role in self.roles:
            # Everybody has bought something before: the cards carry an allowance.
            self.sell(self.chance.pick(self.shops), role, 100)
        self.chance.calm = False
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.close()

    def _wire(self) -> Wire:
        return Wire(self.chance, self.centre.answer)

    def _people(self, roll: Path) -> dict[str, Player]:
        """Return who is on the centre's roll, by role; ``roll`` is where it will be written."""
        del roll
        return cast()

    def _rules(self, known: PolicyOf) -> PolicyOf:
        """Return the centre's rules: in every other town they have moved on from what the tills know."""
        return partial(moved_on, known) if self.chance.happens(0.5) else known

    def _packs(self, folder: Path) -> Path | None:
        """Return the folder of packs beside the shipped ones; None when there are none."""
        del folder
        return None

    def _shop(self, folder: Path, till: str, entropy: SeededEntropy, wire: Wire, reader: Reader) -> Shop:
        path = folder / f"{till}.toml"
        path.write_text(_SETTINGS.format(till=till) + self._more_settings(folder), encoding="utf-8")
        return Shop(till, Settings.load(path), self.chance, self.clock, entropy, wire=wire, reader=reader)

    def _more_settings(self, folder: Path) -> str:
        """Return what else stands in a till's settings."""
        del folder
        return ""

    @property
    def _at(self) -> str:
        return self.clock.now().strftime("%Y-%m-%d %H:%M:%S")

    # --- operations -----------------------------------------------------------------------------------

    def step(self) -> None:
        """Do one thing at random."""
        self.operations += 1
        shop = self.chance.pick(self.shops)
        work = self.chance.pick(_OPERATIONS)
        self.chance.say(f"{self.operations} {shop.name} {work.__name__.strip('_')}")
        self.clock.ticks += self.chance.number(1, 90)
        work(self, shop)

    def sell(self, shop: Shop, role: str, fen: int, *, level: str = "01", first: str = "0") -> object:
        """Have a person buy something by card, and return how it ended."""
        policy = shop.till.policy()
        assert not isinstance(policy, Refusal)
        price = format_yuan(fen)
        row = {"name": "演示片", "price": price, "class": level, "first_pay_ratio": first, "kind": "国药准字", "code": "A001"}
        place = shop.settings.counter
        bill = Bill(admdvs=place.admdvs, begntime=shop.till.at, venue=place.venue, lines=lines_of([row]))
        shop.reader.insert(self.cards[role])
        shop.customer.digits_of_pin = cast()[role].pin
        return shop.run("sell", Sale(bill=bill, policy=policy))

    def _sells(self, shop: Shop) -> None:
        role, fen = self.chance.pick(ROLES), self.chance.pick((100, 1234, 2500, 8000))
        level, first = self.chance.pick((("01", "0"), ("01", "0"), ("02", "0.1"), ("03", "1")))
        ended = self.sell(shop, role, fen, level=level, first=first)
        self.chance.say(f"  {role} {fen}: {type(ended).__name__}")

    def _voids(self, shop: Shop) -> None:
        done = [state for state in shop.journal.folded() if state.done and not state.original]
        if not done:
            return
        state = self.chance.pick(done[-4:])
        role = self.chance.pick([*ROLES, self._buyer(shop, state.subject)])
        shop.reader.insert(self.cards[role])
        shop.customer.digits_of_pin = cast()[role].pin
        ended = shop.run("void", state.subject)
        self.chance.say(f"  {state.subject[-6:]}: {type(ended).__name__}")

    def _buyer(self, shop: Shop, subject: str) -> str:
        certno = next(record.private["certno"] for record in shop.journal.records(subject) if record.private)
        return next(role for role, player in cast().items() if player.certno == certno)

    def _line_goes(self, shop: Shop) -> None:
        shop.wire.cut = not shop.wire.cut
        self.chance.faults[f"line: {'cut' if shop.wire.cut else 'mended'}"] += 1
        shop.send()

    def _sender_works(self, shop: Shop) -> None:
        self.clock.ticks += 20
        shop.send(backlog=True)

    def _till_restarts(self, shop: Shop) -> None:
        self.chance.faults["till: restarted"] += 1
        shop.start_till()
        shop.catch_up()

    def _sender_restarts(self, shop: Shop) -> None:
        self.chance.faults["sender: restarted"] += 1
        shop.asleep = False
        shop.start_sender()
        shop.send()

    def _sender_sleeps(self, shop: Shop) -> None:
        self.chance.faults["sender: not running"] += 1
        shop.asleep = True

    def _time_passes(self, _: Shop) -> None:
        self.clock.ticks += self.chance.pick((60.0, 600.0, 3600.0))

    def _clock_steps(self, _: Shop) -> None:
        self.clock.off = timedelta(seconds=self.chance.pick((-400, -30, 0, 30, 400)))
        self.chance.faults["clock: stepped"] += 1

    def _catches_up(self, shop: Shop) -> None:
        shop.catch_up()

    def _daily_file_comes(self, shop: Shop) -> None:
        """End the doubts of what never came: only the centre's file says so, and it is cut when nothing is under way any more."""
        shop.wire.arrive()
        there = {row["msgid"] for row in self.settlements_at_the_centre()}
        for row in shop.journal.owed():
            if row.infno == "2102" and (row.lane, row.state) == ("live", "unknown") and row.msgid not in there:
                self.chance.say(f"  never came {row.msgid[-6:]}")
                self.close_as_not_done(shop, row.msgid)

    # --- what must hold -------------------------------------------------------------------------------

    def wrong(self, *, drained: bool = False) -> list[str]:
        """Return what does not hold now."""
        with self._database.transaction() as db:
            centre = clearing_export(db)
        self.settlements = len(centre["settlements"])
        journals = [export(shop.journal, reveal=True) for shop in self.shops]
        found = wrongs(journals, centre, [seen(card) for card in self.cards.values()], drained=False)
        # A copy that was found and whose release waits behind a doubt of its person is listed, not hidden.
        listed = {stray.msgid for shop in self.shops for stray in shop.journal.strays()}
        found = [wrong for wrong in found if not (wrong.startswith("7: the centre settled") and wrong.split()[4] in listed)]
        found += [wrong for shop in self.shops for wrong in (*doubts_wrongs(shop), *stored.wrongs_of(shop.store._raw))]
        if drained:
            found += self._unresolved(journals, centre)
            found += [wrong for shop, journal in zip(self.shops, journals, strict=True) for wrong in goods_wrongs(shop, journal)]
        return found

    def settlements_at_the_centre(self) -> list[dict[str, Any]]:
        """Return what the centre has settled."""
        with self._database.transaction() as db:
            settled: list[dict[str, Any]] = clearing_export(db)["settlements"]
        return settled

    def _unresolved(self, journals: list[dict[str, Any]], centre: dict[str, Any]) -> list[str]:
        """Return doubts that a query would have ended: what is still open then is not at the centre."""
        there = Counter(row["msgid"] for row in centre["settlements"])
        owed = {row.msgid for shop in self.shops for row in shop.journal.owed()}
        open_ = {doubt["subject"] for journal in journals for doubt in journal["doubts"]}
        closed = {row["msgid"] for journal in journals for row in journal["settlements"] if row["standing"] in {"rejected", "abandoned"}}
        booked = {
            row["msgid"] for journal in journals for row in journal["settlements"] if row["done"] and row["standing"] == "provisional"
        }
        return [
            *(f"12: {msgid} is done here, and neither at the centre nor owed" for msgid in sorted(booked - owed - there.keys())),
            *(f"14: {msgid} is at the centre and still open here" for msgid in sorted((owed | open_) & there.keys())),
            *(f"12: {msgid} is at the centre and closed here as not done" for msgid in sorted(closed & there.keys())),
        ]

    def settle_down(self) -> None:
        """Stop the faults, mend every line, let everything arrive, and have everybody come by with the card once more."""
        self.chance.calm = True
        self.chance.say("calm")
        self.clock.off = max(self.clock.off, timedelta())
        for shop in self.shops:
            shop.wire.cut = shop.asleep = False
            shop.wire.arrive()
        self._drain()
        for shop in self.shops:
            for role, player in cast().items():
                # Showing the card tries what is in doubt.
                if journal_view.unfinished_sales(shop.journal, certno=player.certno):
                    self.sell(shop, role, 100)
        self._drain()
        self.end_of_day()

    def end_of_day(self) -> None:
        """Reconcile every counter with a centre that has executed a copy: it is released there (commit-protocol section 4, audit)."""
        copies = self.chance.faults["line: doubled"]
        if self._personality != Personality.RE_EXECUTES or copies == self._copies:
            return
        self._copies = copies
        calm, self.chance.calm = self.chance.calm, True
        lines = [(shop.wire, shop.wire.cut, shop, shop.asleep) for shop in self.shops]
        for shop in self.shops:
            shop.wire.cut = shop.asleep = False
            # The first statement adopts an answer that was lost, and only then is a second copy one too many.
            for _ in range(_STATEMENTS):
                shop.reconcile(self.clock.now())
                self.settle(shop)
        for wire, cut, shop, asleep in lines:
            wire.cut, shop.asleep = cut, asleep
        self.chance.calm = calm

    def _drain(self) -> None:
        for _ in range(_QUIET_ROUNDS):
            for shop in self.shops:
                self.settle(shop)

    def settle(self, shop: Shop) -> None:
        """Let a counter do what waits, long after."""
        self.clock.ticks += 4000
        # A turn of the sender asks after one request: all of them have their turn before the first is asked after again.
        for _ in range(2 + len(shop.journal.unresolved())):
            shop.send(backlog=True)
        shop.catch_up()

    def close_as_not_done(self, shop: Shop, msgid: str) -> None:
        """Take the word of the centre's daily file that a request never came: only that closes what was lost on the way."""
        body = {"infno": "2102", "outcome": "rejected", "found_by": "file", "figures": None, "setl_id": "", "mdtrt_id": "", "words": "3202"}
        calm, self.chance.calm = self.chance.calm, True
        shop.journal.commit([Entry(kind="answered", subject=msgid, body=body)])
        self.chance.calm = calm
        shop.catch_up()

    def digest(self) -> str:
        """Return what the whole trace is."""
        return hashlib.sha256("\n".join(self.chance.trace).encode()).hexdigest()


_OPERATIONS: tuple[Callable[[Town, Shop], None], ...] = (
    *(Town._sells,) * 24,
    *(Town._voids,) * 8,
    *(Town._line_goes,) * 3,
    *(Town._sender_works,) * 4,
    Town._till_restarts,
    *(Town._sender_restarts,) * 4,
    Town._sender_sleeps,
    Town._time_passes,
    Town._clock_steps,
    Town._catches_up,
    *(Town._daily_file_comes,) * 2,
)


def doubts_wrongs(shop: Shop) -> list[str]:
    """Return persons with more than one open doubt at this counter (invariant 10)."""
    found = []
    for role, player in cast().items():
        doubted = [one.subject for one in journal_view.unfinished_sales(shop.journal, certno=player.certno) if one.doubted]
        if len(doubted) > 1:
            found.append(f"10: {role} has the doubts {doubted} at {shop.name}")
    return found


def run(seed: str, personality: str, *, operations: int, check_every: int = 25) -> tuple[Town, list[str]]:
    """Run one town and return it with what was wrong, the first wrong first."""
    with Town(seed, personality) as town:
        for number in range(operations):
            town.step()
            if number % check_every == check_every - 1:
                town.end_of_day()
                if found := town.wrong():
                    return town, found
        town.settle_down()
        return town, town.wrong(drained=True)
