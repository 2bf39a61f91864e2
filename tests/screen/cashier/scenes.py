"""Every screen that a cashier can see, with the amounts that must be readable on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.screen.cashier import bill_scenes as of_bill
from tests.screen.cashier import list_scenes as of_list
from tests.screen.cashier import paying_scenes as of_paying
from tests.screen.cashier import settled_scenes as of_end
from tests.screen.cashier.clerk import Clerk


@dataclass(frozen=True, slots=True)
class Scene:
    """One screen. ``amounts``: what must be readable in full beside what the view itself shows as amounts."""

    name: str
    tell: Callable[[Clerk], None]
    amounts: tuple[str, ...] = ()
    devices: bool = False
    size: tuple[int, int] | None = None
    """Where it is shown at one size only."""


BILL = ("49.20", "40.00", "30.00", "38.00", "5.50")
SPLIT = (*BILL, "162.70", "80.00")
RETURNED = ("9000.00", "2000.00", "880.30", "3000.00", "700.00", "258.30", "622.00")


SCENES = (
    Scene("opening", of_bill.opening),
    Scene("dead-journal", of_bill.damaged),
    Scene("dead-crashed", of_bill.crashed, ("162.70",)),
    Scene("selling-empty", of_bill.empty),
    Scene("selling-reading", of_bill.reading),
    Scene("selling-split", of_bill.selling, SPLIT),
    Scene("selling-no-card", of_bill.no_card, (*BILL, "162.70")),
    Scene("selling-asking", of_bill.asking, (*BILL, "162.70")),
    Scene("selling-large", of_bill.large, ("106542.00", "10.00", "106552.00", "987654.32")),
    Scene("selling-discount", of_bill.discounted, ("30.00", "18.00", "20.00", "48.00")),
    Scene("selling-line-down", of_bill.line_down, (*BILL, "162.70", "300.00")),
    Scene("selling-line-down-forbidden", of_bill.line_down_forbidden, (*BILL, "162.70")),
    Scene("selling-card-refused", of_bill.card_refused, (*BILL, "162.70")),
    Scene("selling-card-unusable", of_bill.card_unusable, (*BILL, "162.70")),
    Scene("selling-troubles", of_bill.troubles, (*BILL, "162.70", "20.00")),
    Scene("selling-demonstration", of_list.unfinished, SPLIT, devices=True),
    Scene("finding", of_bill.finding, ("12.30", "20.00", "11838.00")),
    Scene("finding-nothing", of_bill.nothing_found, ("162.70",)),
    Scene("tender", of_paying.tender, SPLIT),
    Scene("tender-short", of_paying.tender_short, SPLIT),
    Scene("tender-change", of_paying.tender_change, (*SPLIT, "100.00")),
    Scene("pin", of_paying.pin, ("162.70", "80.00")),
    Scene("pin-wrong", of_paying.pin_wrong, ("162.70", "80.00")),
    Scene("pin-keypad", of_paying.pin_on_keypad, ("162.70", "80.00")),
    Scene("pin-keypad-change", of_paying.change_on_keypad, ("162.70",)),
    Scene("working", of_paying.working, SPLIT),
    Scene("quoted-offline", of_paying.quoted, ("24.60", "5.50", "30.10")),
    Scene("quoted-offline-cash", of_paying.quoted_with_cash, ("24.60", "8.80", "33.40")),
    Scene("quoted-online", of_paying.quoted_anew, ("24.60",)),
    Scene("quoted-slip", of_paying.slip_redeemed, ("24.60",)),
    Scene("self-pay", of_paying.self_pay, ("162.70", "37.30")),
    Scene("self-pay-last-try", of_paying.last_try, ("162.70",)),
    Scene("difference", of_paying.difference, ("38.80", "30.00", "27.00", "3.00", "11.80")),
    Scene("doubt-offline", of_paying.doubt_offline, ("30.10",)),
    Scene("doubt-online", of_paying.doubt_online, ("38.80",)),
    Scene("doubt-answered", of_paying.doubt_answered, ("30.10",)),
    Scene("doubt-found", of_paying.doubt_found, ("38.80",)),
    Scene("not-booked", of_paying.not_booked, ("38.80",)),
    Scene("settled", of_end.settled, ("162.70", "80.00", "100.00")),
    Scene("settled-account", of_end.settled_account, ("24.60", "55.40")),
    Scene("settled-offline", of_end.settled_offline, ("30.10", "469.90")),
    Scene("settled-cash", of_end.paid_in_cash, ("162.70", "200.00", "37.30")),
    Scene("voided", of_end.voided, ("38.00",)),
    Scene("voids", of_list.voids, ("11838.00", "30.00", "20.00")),
    Scene("voids-reason", of_list.voids_reason, ("11838.00", "30.00", "20.00")),
    Scene("voids-none", of_list.voids_none),
    Scene("returning", of_list.returning, ("30.00",)),
    Scene(
        "returning-priced",
        of_list.returning_priced,
        ("7892.00", "30.00", "9000.00", "2000.00", "880.30", "3000.00", "700.00", "258.30", "622.00"),
    ),
    Scene("returned", of_list.returned, ("9000.00", "2000.00", "880.30", "3000.00", "700.00", "258.30", "622.00")),
    Scene("return-open", of_list.return_open, ("162.70",)),
    Scene("slips", of_list.slips, ("11838.00", "30.00", "20.00")),
    Scene("slips-numbered", of_list.slips_numbered, ("11838.00", "30.00", "20.00")),
    Scene("slips-none", of_list.slips_none),
    Scene("papers", of_list.papers, ("16.00",)),
    Scene("papers-proxy", of_list.papers_proxy, ("16.00",)),
    Scene("papers-refused", of_list.papers_refused, ("16.00",)),
    Scene("holds", of_list.holds, ("11838.00", "30.00")),
    Scene("open-beside", of_list.open_beside, ("123.45", "20.00")),
    Scene("resolver", of_list.resolver),
    Scene("centre-differs", of_list.centre_differs, ("123.45", "-11838.00")),
    Scene("agreeing", of_list.agreeing, ("11838.00",)),
    Scene("agreed", of_list.agreed, ("11838.00",)),
    Scene("why-steps", of_list.why, ("162.70", "80.00")),
    Scene("why-refusal", of_list.why_not, ("162.70",)),
    Scene("account", of_list.account, ("80.00", "460.00", "1200.00", "30.10", "15.05", "11838.00", "5919.00")),
    Scene("account-old", of_list.account_old, ("80.00", "460.00", "1200.00", "30.10", "15.05")),
    Scene("account-certificate", of_list.account_by_certificate, ("80.00", "460.00", "1200.00", "30.10", "15.05")),
    Scene("account-no-card", of_list.account_unknown),
    Scene("card-inside", of_list.card_inside, ("469.90", "30.10", "500.00")),
    Scene("pin-new", of_list.new_pin),
    Scene("certificate-number", of_list.certificate_number),
    Scene("certificate-scan", of_list.certificate_scan),
    Scene("count", of_list.count, ("1234.5",)),
    Scene("close", of_list.close, ("-3.50", "15067.90", "11838.00", "2401.40", "828.50")),
    Scene("close-open", of_list.close_open),
    Scene("devices", of_list.devices, ("338.74", "500.00", "11838.00"), devices=True),
    Scene("too-small", of_bill.selling, size=(79, 24)),
    Scene("too-low", of_bill.selling, size=(80, 23)),
)
