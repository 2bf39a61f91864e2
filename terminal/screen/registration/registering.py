"""Choosing a visit: a department by initials, code or name, a doctor and fee class, and F8. Or another program's order, and F8."""

from __future__ import annotations

from typing import TYPE_CHECKING

from offline_queue.registry import Department
from terminal.open_bill import OpenBill, registration_of
from terminal.screen.cashier.finding import FOUND_MOST, FindingMode
from terminal.screen.cashier.wares import Wares, slip_of_visit
from terminal.screen.orders import Later
from terminal.screen.registration.directory import Available, Key, key_of
from terminal.screen.scan import normal, understand
from terminal.screen.words import tr

if TYPE_CHECKING:
    from terminal.screen.cashier.view import Panel
    from terminal.screen.registration.registrar import Registrar


class RegisteringMode(FindingMode[Department]):
    """What is typed goes into the find line and finds departments; the arrows change doctor and fee class."""

    offered = ("why", "find", "clear", "again", "void", "hold", "settle", "account", "close")
    till: Registrar

    # --- typing ----------------------------------------------------------------------------------------

    @property
    def nothing_yet(self) -> str:
        """The department comes first."""
        return tr("Take a department first")

    @property
    def wares(self) -> Wares:
        """The slip of the visit."""
        return slip_of_visit()

    def look(self) -> None:
        """Departments may have been imported."""
        self.till.directory.look()

    def find(self) -> None:
        """Find departments that offer something now."""
        self.finding = bool(normal(self.query).strip())
        self._look_up()

    def move(self, step: int) -> None:
        """Through doctors and fee classes while a visit is chosen."""
        if not self.finding and self.till.bill.registering is not None:
            self._change(step)
        else:
            super().move(step)

    def enter(self) -> None:
        """Take the department that is highlighted. Never pays."""
        if self.till.dead or not self.finding:
            return
        scanned = understand(self.query)
        if scanned.kind == "slip":
            self.till.order(Later(scanned.text))
            self.escape()
        elif self.found:
            self._take(self.found[self.found_focus])
        else:
            self.till.say("attention", self._nothing_found())

    def press(self, action: str) -> None:
        """Take a function key."""
        clearing, self._clearing = self._clearing, False
        match action:
            case "find" if not self.till.dead:
                self.query, self.finding = "", True
                self._look_up()
            case "clear" | "remove" if not self.till.dead:
                self._clear(sure=clearing)
            case _:
                super().press(action)

    # --- departments, doctors, fee classes ---------------------------------------------------------------

    def available(self, department: Department) -> list[Available]:
        """Return what a department offers now."""
        return self.till.directory.available(department.dept_code, self.till.at)

    @property
    def choices(self) -> list[Available]:
        """What the chosen department offers now; none while none is chosen."""
        chosen = self.till.bill.registering
        return [] if chosen is None else self.till.directory.available(chosen.department.code, self.till.at)

    @property
    def chosen(self) -> int:
        """Which of them is chosen, -1 when it is no longer offered."""
        key = self.till.bill.registering.key if self.till.bill.registering else None
        return next((place for place, one in enumerate(self.choices) if key_of(one.offer) == key), -1)

    def suggest(self, key: Key) -> bool:
        """Choose what a person took last, or the first free one of its department, without anybody's asking; False when none is free."""
        offered = self.till.directory.available(key[0], self.till.at)
        same = next((one for one in offered if key_of(one.offer) == key and one.free), None)
        one = same or next((one for one in offered if one.free), None)
        if one is None:
            return False
        self.till.suggested = bool(one.offer.total_fen)
        self.till.put(registration_of(one.offer, draft=self.till.bill.draft))
        return True

    def look_again(self) -> None:
        """See whether what is chosen is still offered, for the same fee: another half-day, day or file may have come."""
        chosen = self.till.bill.registering
        if chosen is None or not self.till.directory.stocked:
            return
        offered = self.choices
        same = next((one for one in offered if key_of(one.offer) == chosen.key), None)
        if same is not None and not same.free:
            self._drop(tr("All places of this half-day are taken: {department}").format(department=chosen.department.name))
        elif same is None:
            self._drop(tr("Not offered in this half-day: {department}").format(department=chosen.department.name))
        elif registration_of(same.offer, draft="").lines != self.till.bill.lines:
            self.till.say("attention", tr("The fee is another one now"))
            self._choose(same)

    def _look_up(self) -> None:
        self.found = self.till.directory.find(normal(self.query).strip(), self.till.at, FOUND_MOST) if self.finding else []
        free = (place for place, one in enumerate(self.found) if any(offer.free for offer in self.available(one)))
        self.found_focus = next(free, 0)

    def _take(self, department: Department) -> None:
        till = self.till
        if till.bill.ordered is not None:
            till.say("attention", tr("An order is on the screen: F8 charges it, F7 holds it, F4 F4 clears it"))
            return
        first = next((one for one in self.available(department) if one.free), None)
        if first is None:
            till.say("attention", tr("All places of this half-day are taken: {department}").format(department=department.dept_name))
            return
        self.escape()
        if not first.offer.total_fen:
            till.say("attention", tr("No fee is charged here: {department}").format(department=department.dept_name))
            return
        self._choose(first)
        till.notice_today(department.dept_code)

    def _change(self, step: int) -> None:
        """Go to the next free doctor and fee class in this direction."""
        choices, place = self.choices, self.chosen
        way = 1 if step > 0 else -1
        place += way
        while 0 <= place < len(choices) and not choices[place].free:
            place += way
        if 0 <= place < len(choices):
            self._choose(choices[place])

    def _choose(self, one: Available) -> None:
        self.till.suggested = False
        self.till.change(registration_of(one.offer, draft=self.till.bill.draft))

    def _clear(self, *, sure: bool) -> None:
        if self.till.bill.empty or self.query:
            self.escape()
        elif self.till.bill.registering is not None:
            self._drop(tr("Cleared"), role="dim")
        elif sure:
            self.till.change(OpenBill(draft=self.till.bill.draft, handed_in=self.till.bill.handed_in))
            self.till.say("dim", tr("Bill cleared"))
        else:
            self._clearing = True
            self.till.say("attention", tr("F4 again clears the whole bill"))

    def _drop(self, words: str, *, role: str = "attention") -> None:
        suggested, self.till.suggested = self.till.suggested, False
        empty = OpenBill(draft=self.till.bill.draft)
        if suggested:
            # Nobody has kept it.
            self.till.put(empty)
        else:
            self.till.change(empty)
        self.till.say(role, words)

    def _nothing_found(self) -> str:
        if self.till.directory.stocked:
            return tr("Nothing found: initials, name or code of a department")
        return no_departments()

    @property
    def panel(self) -> Panel | None:
        """Departments found, or the choice; the lines of an order stand where goods do."""
        from terminal.screen.registration.painting import panel_of  # noqa: PLC0415 - it reads this class

        return panel_of(self.till)


def no_departments() -> str:
    """Return what is said where there is no registry."""
    return tr("No departments are imported: yibao catalogue import --desk FILE.csv")
