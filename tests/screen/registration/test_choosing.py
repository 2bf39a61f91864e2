"""Choosing a visit: what the keys take, what is suggested to whom, and what another half-day, day or file changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from offline_queue.registry import NAME, HalfDay
from settlement.money import format_yuan
from terminal.open_bill import OpenBill, open_bill_of
from terminal.screen import news
from terminal.screen.orders import Later, SaveDraft, Sell, TakeBill
from tests.desk.offers import departments_of, fee, offer
from tests.screen.cashier.clerk import Clerk
from tests.screen.cashier.looked_at import asked_for
from tests.screen.cashier.staged import FINE, MSGID, opened, tell
from tests.screen.registration.scenes import chosen
from tests.screen.registration.staged import DESK, INTERNAL, MORNING, PATIENT, SURGERY, imported, known, order, registered, staged, taken

_EXPERT = ("K01", "D990100000002", "专家")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Clerk]:
    """Stand at an open desk over the demonstration's departments, in the morning."""
    with staged(imported(tmp_path)) as clerk:
        opened(clerk, replace(FINE, now=MORNING), place=DESK)
        asked_for(clerk.till.door)
        yield clerk


def choice(clerk: Clerk) -> tuple[str, str, str] | None:
    """Return department, doctor and fee class on the screen, by their codes."""
    registering = clerk.till.bill.registering
    return registering.key if registering else None


def total(clerk: Clerk) -> str:
    """Return what the bill on the screen comes to."""
    return format_yuan(clerk.till.bill.total_fen)


def sold(clerk: Clerk) -> list[Sell]:
    """Return the sales that were ordered since the last look."""
    return [one for one in asked_for(clerk.till.door) if isinstance(one, Sell)]


@pytest.mark.parametrize(("typed", "department"), [("nk", "K01"), ("wk", "K02"), ("K03", "K03"), ("妇产", "K04"), ("ｎｋ", "K01")])
def test_a_department_by_initials_code_or_name(desk: Clerk, typed: str, department: str) -> None:
    """Enter takes the highlighted one, with its first free doctor; the bill is kept, and nothing is paid."""
    desk.send(f"{typed}\r")

    assert department == (choice(desk) or ("",))[0]
    assert [SaveDraft(desk.till.bill)] == asked_for(desk.till.door)
    assert "12" == desk.till.bill.bill(DESK, f"{MORNING}:00").med_type


def test_new_department_four_keys(desk: Clerk) -> None:
    """``nk`` Enter F8: the sale carries what was chosen."""
    tell(desk, news.CardShown(PATIENT), known())
    desk.counted_from_here()
    desk.press("n", "k", "enter")
    desk.wait(0.35)
    desk.press("f8")
    desk.until("the sale is ordered", lambda: not desk.till.door.orders.empty())
    (sale,) = sold(desk)

    assert 4 == desk.keys
    assert (INTERNAL, None, True) == (sale.registering, sale.ordered, sale.by_card)
    assert sale.agreed is not None
    assert (1000, 0, 1000, 0) == sale.agreed.movements


def test_same_department_one_key(desk: Clerk) -> None:
    """The card is in, F8 registers where it registered last."""
    tell(desk, news.CardShown(PATIENT), known(last=INTERNAL))
    desk.wait(0.35)
    desk.counted_from_here()
    desk.press("f8")
    desk.until("the sale is ordered", lambda: not desk.till.door.orders.empty())

    assert [INTERNAL] == [sale.registering for sale in sold(desk)]
    assert 1 == desk.keys


def test_the_arrow_takes_the_next_free_doctor(desk: Clerk) -> None:
    """Down and up again; at the ends it stays, and it passes over one whose places are taken."""
    desk.send("nk\r")
    desk.press("down", "down")
    assert (_EXPERT, "30.00") == (choice(desk), total(desk))
    desk.press("up", "up")
    assert ("10.00", INTERNAL) == (total(desk), desk.till.bill.registering)
    tell(desk, taken((_EXPERT, 20)))
    desk.press("down")
    assert INTERNAL == desk.till.bill.registering


def test_a_department_without_a_free_place(desk: Clerk) -> None:
    """It says so and takes nothing; the highlight begins at one that is free."""
    tell(desk, taken((("K07", "D990100000009", "普通"), 16)))
    desk.send("kq\r")
    assert (None, "本半天号已挂满：口腔科") == (choice(desk), desk.till.message[1])
    desk.press("escape")
    desk.send("k")
    assert 0 == desk.registrar.registering.found_focus


def test_nothing_found_takes_nothing(desk: Clerk) -> None:
    """The words stay in the find line, to be mended."""
    desk.send("zzz\r")

    assert (None, "zzz") == (choice(desk), desk.till.home.query)
    assert "没有找到" in desk.till.message[1]


def test_a_suggestion_is_of_one_insertion(desk: Clerk) -> None:
    """It goes with the card, and is made once: after a registration the same card suggests nothing."""
    tell(desk, news.CardShown(PATIENT), known(last=INTERNAL))
    assert INTERNAL == desk.till.bill.registering
    tell(desk, news.CardGone())
    gone = choice(desk)
    tell(desk, news.CardShown(PATIENT), known(last=INTERNAL))

    assert (None, None) == (gone, choice(desk))
    assert [] == asked_for(desk.till.door)


def test_what_the_clerk_has_begun_is_not_overwritten(desk: Clerk) -> None:
    """A department that was chosen, or is being typed, stays when a card comes and when it goes."""
    desk.send("wk\r")
    tell(desk, news.CardShown(PATIENT), known(last=INTERNAL), news.CardGone())
    assert SURGERY == desk.till.bill.registering
    desk.press("f4")
    desk.send("e")
    tell(desk, news.CardShown(replace(PATIENT, arrival=2)), replace(known(last=INTERNAL), arrival=2))
    assert (None, "e") == (choice(desk), desk.till.home.query)


def test_a_second_department_is_noticed_and_goes_on(desk: Clerk) -> None:
    """Said in words; F8 registers all the same."""
    tell(desk, news.CardShown(PATIENT), known(registered(SURGERY), last=SURGERY))
    suggested = choice(desk)
    desk.send("nk\r")
    words = desk.till.message[1]
    desk.till.press("settle")

    assert (None, "今日已挂外科，按 F8 再挂一个号") == (suggested, words)
    assert [INTERNAL] == [sale.registering for sale in sold(desk)]


def test_the_same_department_again_is_said(desk: Clerk) -> None:
    """Registered and cancelled is as good as not; registered is said."""
    gone = registered(INTERNAL, cancelled=True)
    tell(desk, news.CardShown(PATIENT), known(gone, last=SURGERY), news.CardGone())
    tell(desk, news.CardShown(replace(PATIENT, arrival=2)), replace(known(gone, registered(SURGERY), last=SURGERY), arrival=2))
    desk.send("wk\r")

    assert "今日已挂过号：外科" == desk.till.message[1]


def test_last_time_is_not_offered_now(desk: Clerk) -> None:
    """Its expert gives the afternoon off: the first free doctor of that department; a department without any says so."""
    tell(desk, news.CardShown(PATIENT), known(last=replace(INTERNAL, fee_class="夜间")))
    assert INTERNAL == desk.till.bill.registering
    desk.press("f4")
    nobody = replace(INTERNAL, department=replace(INTERNAL.department, code="K99", name="营养科"))
    tell(desk, news.CardShown(replace(PATIENT, arrival=2)), replace(known(last=nobody), arrival=2))
    assert (None, "上次挂营养科，现在无号") == (choice(desk), desk.till.message[1])


def test_at_noon_the_choice_is_looked_at_again(desk: Clerk) -> None:
    """A morning's expert is not offered in the afternoon: off the screen, in words."""
    desk.send("nk\r")
    desk.press("down")
    before = choice(desk)
    tell(desk, replace(FINE, now="2026-03-02 12:00"))

    assert _EXPERT == before
    assert (None, "本半天不出诊：内科") == (choice(desk), desk.till.message[1])


def test_a_fee_that_changes_at_midnight(tmp_path: Path) -> None:
    """The bill follows the minute, and says that it is another one."""
    old, new = offer(consultation=fee(900), endtime="2026-03-03 00:00:00"), offer(consultation=fee(1200), begntime="2026-03-03 00:00:00")
    with staged(imported(tmp_path, [old, new])) as clerk:
        opened(clerk, replace(FINE, now="2026-03-02 23:59"), place=DESK)
        clerk.send("nk\r")
        before = total(clerk)
        tell(clerk, replace(FINE, now="2026-03-03 00:00"))

        assert ("9.00", "12.00") == (before, total(clerk))
        assert "收费标准已变" in clerk.till.message[1]


def test_an_import_reaches_the_open_desk(tmp_path: Path) -> None:
    """None, then one, then other fees: the next look has it."""
    with staged(tmp_path) as clerk:
        opened(clerk, replace(FINE, now=MORNING), place=DESK)
        without = clerk.till.message[1]
        clerk.send("nk\r")
        nothing = choice(clerk)
        clerk.press("escape")
        imported(tmp_path, [offer()])
        clerk.till.look()
        clerk.send("nk\r")
        first = total(clerk)
        imported(tmp_path, [offer(consultation=fee(1500))])
        clerk.till.look()

        assert "yibao catalogue import --desk" in without
        assert (None, "9.00", "15.00") == (nothing, first, total(clerk))


def test_a_damaged_registry_is_said_and_stops_nothing(desk: Clerk) -> None:
    """Told with its code; the choice stands and is paid."""
    desk.send("nk\r")
    path = desk.registrar.directory.path / NAME
    (path.parent / "other.db").write_bytes(b"rubbish" * 100)
    (path.parent / "other.db").replace(path)
    desk.till.look()
    words = desk.till.last_words
    desk.till.press("settle")

    assert words is not None
    assert ("REGISTRY-DAMAGED", INTERNAL) == (words.code, desk.till.bill.registering)


def test_nothing_is_charged(tmp_path: Path) -> None:
    """A registration without a fee needs no settlement, and says so."""
    with staged(imported(tmp_path, [offer(consultation=None)])) as clerk:
        opened(clerk, replace(FINE, now=MORNING), place=DESK)
        clerk.send("nk\r")

        assert (True, "不收费，无需结算：内科") == (clerk.till.bill.empty, clerk.till.message[1])


def test_departments_are_listed_whole(tmp_path: Path) -> None:
    """F2 lists all; the highlight moves through more than a screen of them, and Enter takes it."""
    names = [f"第{number}科" for number in range(1, 19)]
    with staged(imported(tmp_path, departments_of(*names))) as clerk:
        opened(clerk, replace(FINE, now=MORNING), place=DESK)
        clerk.press("f2", "pagedown", "pagedown")
        clerk.expect(">第18科")
        clerk.press("enter")

        assert ("K18", "D01", "普通") == choice(clerk)


def test_an_order_comes_over_a_suggestion_and_not_over_a_choice(desk: Clerk) -> None:
    """What nobody has confirmed makes room; what the clerk chose stays, and the order waits."""
    tell(desk, news.CardShown(PATIENT), known(last=INTERNAL), replace(FINE, now=MORNING, bills=1))
    asked = [one for one in asked_for(desk.till.door) if isinstance(one, TakeBill)]
    tell(desk, news.Offered(order()))
    assert ([TakeBill()], "O-1") == (asked, desk.till.bill.handed_in)
    tell(desk, news.CardGone())
    assert "O-1" == desk.till.bill.handed_in
    desk.send("wk\r")
    assert "O-1" == desk.till.bill.handed_in
    desk.press("escape", "f4", "f4")
    assert desk.till.bill.empty
    desk.send("wk\r")
    asked_for(desk.till.door)
    tell(desk, replace(FINE, now=MORNING, bills=1))
    assert [] == asked_for(desk.till.door)


def test_an_order_is_charged_with_its_visit(desk: Clerk) -> None:
    """Lines, medical type and diagnoses of the clinic's own system."""
    tell(desk, replace(FINE, now=MORNING, bills=1), news.Offered(order()), news.CardShown(PATIENT))
    asked_for(desk.till.door)
    desk.till.press("settle")
    (sale,) = sold(desk)

    assert (None, order().ordered, "11") == (sale.registering, sale.ordered, sale.bill.med_type)


def test_a_choice_outlives_the_till(tmp_path: Path) -> None:
    """It is kept with the bill: a kill brings it back, or a noon takes it off."""
    with staged(imported(tmp_path)) as clerk:
        chosen(clerk)
        kept = open_bill_of(clerk.till.bill.body())
    with staged(tmp_path) as clerk:
        opened(clerk, replace(FINE, now=MORNING), place=DESK)
        tell(clerk, news.Recalled(kept))
        assert INTERNAL == clerk.till.bill.registering
        assert OpenBill().registering is None
        clerk.press("down")
        assert _EXPERT == choice(clerk)
        assert [HalfDay.MORNING] == list(clerk.registrar.registering.choices[1].offer.sessions)


def test_a_cash_slip_is_settled_later(desk: Clerk) -> None:
    """Its number in the find line, as at any counter."""
    desk.send(f"{MSGID}\r")

    assert [Later(MSGID)] == asked_for(desk.till.door)
