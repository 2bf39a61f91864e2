"""Text of others in every place of the cashier's screen: it stays text, on its row, in its columns, and no amount gives way to it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from offline_queue.journal.errors import JournalDamaged
from settlement import refusals
from settlement.bill import Line
from settlement.checkout import events as on
from settlement.errors import Refusal
from terminal.open_bill import OpenBill, taken_over
from terminal.screen import narrow, news
from terminal.screen.day_news import CloseShown, Counting
from terminal.screen.list_news import Paged, PickRow
from terminal.screen.literal import width
from tests.goods.shelf import item
from tests.screen.cashier.alone import stock
from tests.screen.cashier.clerk import Clerk
from tests.screen.cashier.staged import (
    AT,
    FINE,
    MSGID,
    PERSON,
    PLACE,
    RECORD,
    FixedDevices,
    at_the_pin,
    next_state,
    opened,
    settle,
    staged,
    stocked,
    tell,
)
from tests.screen.hostile import HOSTILE

_NEVER = {"Cc", "Cs", "Co", "Zl", "Zp"}
"""Kinds of characters that move a cursor, begin a sequence or have no shape."""
_FROM_THE_RIGHT = {"R", "AL", "AN"}


def bill(text: str) -> OpenBill:
    """Return a bill whose goods are named by others."""
    goods = Line(
        feedetl_sn="1",
        medins_list_codg="X1",
        name=text,
        cnt_e4=2_0000,
        pric_e6=11_838_000_000,
        chrgitm_lv="01",
        goods_kind="国药准字",
        spec=text,
        prodentp_name=text,
        manu_lotnum=text,
        expy_end=text[:10],
    )
    return taken_over((goods, replace(goods, feedetl_sn="2", pric_e6=12_340_000, chrgitm_lv="03", goods_kind=text)), draft="1")


def sold(clerk: Clerk, text: str) -> None:
    """Shop, code, till, operator, goods, person; what the operator before left, which is said as it stands."""
    place = replace(PLACE, shop=text, fixmedins_code=text, till=text, operator=text)
    policy = clerk.till.policy
    assert policy is not None
    tell(clerk, news.Opened(place=place, policy=policy, bill=bill(text), handed_over=(text,)), replace(FINE, last_receipt=text))
    person = replace(PERSON, name=text, certno=text, card=text, insuplc_admdvs=text, psn_type=text)
    tell(clerk, news.CardShown(person))


def refused_card(clerk: Clerk, text: str) -> None:
    """What a refusal of the card says, with F1."""
    lost = Refusal(refusals.CARD_HOTLISTED, {"version": text})
    tell(clerk, news.CardShown(replace(PERSON, name=text, refusal=lost, benefit=None)))
    clerk.till.back()
    clerk.press("f1")


def refused_by_the_centre(clerk: Clerk, text: str) -> None:
    """The centre's own words, with the offer of cash."""
    clerk.till.bill = bill("演示片")
    refused = on.PersonRefused(words=text)
    tell(clerk, news.Asked(next_state(at_the_pin(clerk), on.PinAccepted(record=RECORD, doubts=()), refused)))


def told(clerk: Clerk, text: str) -> None:
    """Why something did not go."""
    clerk.till.back()
    tell(clerk, news.Told(JournalDamaged(what=text)), news.CardFailed(JournalDamaged(what=text)))


def listed(what: str) -> Callable[[Clerk, str], None]:
    """Names in a list."""

    def show(clerk: Clerk, text: str) -> None:
        clerk.till.back()
        clerk.press("f6" if what == "voids" else "f7")
        rows = tuple(PickRow(key=f"{MSGID}{n}", at=AT, words=text, amount_fen=1_183_800, why_not="") for n in range(2))
        tell(clerk, Paged("voids" if what == "voids" else "holds", rows))

    return show


def found(clerk: Clerk, text: str) -> None:
    """What is found for what was typed."""
    clerk.till.back()
    clerk.seller.selling.query = "a1"
    clerk.seller.selling.finding = True
    clerk.seller.selling.found = [item("A1", text, spec=text), item("A2", "演示丸")]
    clerk.app.cashier.show()


def typed(clerk: Clerk, text: str) -> None:
    """What fingers, a scanner and a clipboard put into the scan line."""
    clerk.till.back()
    clerk.till.mode.escape()
    clerk.send(f"\x1b[200~{text.replace(chr(27), '')}\x1b[201~".encode("utf-8", "replace").decode())


def closed(clerk: Clerk, text: str) -> None:
    """The rows of a close, and the next operator."""
    clerk.till.back()
    clerk.press("f10")
    tell(clerk, Counting())
    clerk.send("1\r")
    tell(clerk, CloseShown(rows=((text, "11838.00", "text"), ("差额", "-3.50", "attention")), difference_fen=-350))


def at_the_account(clerk: Clerk, text: str) -> None:
    """A standing that this screen has no word for."""
    clerk.till.back()
    tell(clerk, news.CardShown(PERSON))
    clerk.press("f9")
    tell(clerk, news.AccountShown((news.AccountRow(at=text or AT, words=text, amount_fen=1_183_800, account_fen=1),)))


SINKS: dict[str, tuple[Callable[[Clerk, str], None], tuple[str, ...]]] = {
    "bill, place, person": (sold, ("23676.00", "24.68")),
    "refused card": (refused_card, ()),
    "the centre's words": (refused_by_the_centre, ()),
    "told": (told, ()),
    "voids": (listed("voids"), ("11838.00",)),
    "holds": (listed("holds"), ("11838.00",)),
    "found": (found, ("12.30",)),
    "typed": (typed, ()),
    "close": (closed, ("11838.00", "-3.50")),
    "account": (at_the_account, ("11838.00", "0.01")),
}
"""Where the text goes, and the amounts that stand beside it."""


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with goods."""
    return stocked(tmp_path_factory.mktemp("shelf"))


def faults(clerk: Clerk, columns: int, amounts: tuple[str, ...]) -> list[str]:
    """Return what is wrong with the rows that go to the terminal."""
    rows = clerk.app.screen._compositor.render_strips()
    found = []
    for number, strip in enumerate(rows):
        if width(strip.text) != columns or strip.cell_length != columns:
            found.append(f"row {number} is {width(strip.text)} wide: {strip.text!r}")
        found += [f"row {number} has {character!r}" for character in strip.text if not paintable(character)]
        found += [f"row {number} acts: {segment.style.meta}" for segment in strip if segment.style and segment.style.meta]
        found += [f"row {number} links: {segment.style.link}" for segment in strip if segment.style and segment.style.link]
    text = "\n".join(strip.text for strip in rows)
    return found + [f"{amount} is not there" for amount in amounts if amount not in text]


def paintable(character: str) -> bool:
    """Whether a character is nothing but a shape in its place."""
    return unicodedata.category(character) not in _NEVER and unicodedata.bidirectional(character) not in _FROM_THE_RIGHT


@pytest.mark.parametrize("safe", [False, True], ids=["usual", "safe"])
@pytest.mark.parametrize("sink", SINKS)
def test_foreign_text_is_text(shelf: Path, sink: str, safe: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Markup, control sequences, marks, characters from the right, 10 kB of one word: nothing of it leaves its place."""
    show, amounts = SINKS[sink]
    narrow.use_safe(safe)
    wrong: dict[str, list[str]] = {}
    columns = 80 if safe else 120
    with staged(shelf, (columns, 24 if safe else 40), safe=safe) as clerk:
        opened(clerk)
        for name, text in HOSTILE.items():
            show(clerk, text)
            wrong[name] = faults(clerk, columns, amounts)

    assert {} == {name: found for name, found in wrong.items() if found}


def test_names_of_a_demonstration_are_text_too(shelf: Path) -> None:
    """Its strip and its panel show names of a file that a person may edit."""
    wrong: dict[str, list[str]] = {}
    devices = FixedDevices()
    with staged(shelf, devices=devices) as clerk:
        opened(clerk)
        clerk.press("ctrl+k")
        for name, text in HOSTILE.items():
            devices.names = (text, text, "演示丙", text)
            clerk.app.cashier.show()
            clerk.rest()
            wrong[name] = faults(clerk, 80, ("11838.00",))

    assert {} == {name: found for name, found in wrong.items() if found}


def test_a_catalogue_of_hostile_names_is_sold(tmp_path: Path) -> None:
    """What can be in a catalogue can be found, taken and paid for."""
    names = [text for text in HOSTILE.values() if text.strip() and text.isprintable() and len(text) < 100]
    stock(tmp_path, *(item(f"A{number}", name, trac_required=False) for number, name in enumerate(names)))
    with staged(tmp_path) as clerk:
        opened(clerk)
        for number in range(len(names)):
            clerk.send(f"A{number}\r")
            assert [] == faults(clerk, 80, ()), names[number]
        assert len(names) == len(clerk.goods)
        settle(clerk)
        clerk.rest()
        assert [] == faults(clerk, 80, (clerk.app.cashier.view.total,))
