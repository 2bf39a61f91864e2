"""Names of departments and doctors are a file's: they stay text, on their row, in their columns, and no amount gives way to them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from offline_queue.registry import Department as RegistryDepartment
from settlement.checkout.states import PaidInCash
from settlement.visit import Department, Diagnosis, Doctor
from terminal.open_bill import OpenBill
from terminal.open_visit import Registering
from terminal.screen import narrow, news
from terminal.screen.list_news import Paged, PickRow
from tests.desk.offers import fee, offer
from tests.screen.cashier.clerk import Clerk
from tests.screen.cashier.staged import AT, FINE, MSGID, bill_of, opened, tell
from tests.screen.cashier.test_hostile import faults
from tests.screen.hostile import HOSTILE
from tests.screen.registration.staged import DESK, MORNING, ORDERED, PATIENT, imported, known, order, registered, staged, ticket

STORABLE = {name: text for name, text in HOSTILE.items() if text and "\ud842" not in text}
"""Half of a pair is in no file; it comes from another program's bill below."""
FEES = ("11838.00", "2.00")


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory whose departments, doctors and fee classes are named by somebody who means harm."""
    offers = [
        offer(
            department=RegistryDepartment(f"K{number:02d}", text, "A03"),
            dr_name=text,
            fee_class=text,
            consultation=fee(1_183_800),
            registration=fee(200),
        )
        for number, text in enumerate(STORABLE.values())
    ]
    return imported(tmp_path_factory.mktemp("clinic"), offers)


@pytest.mark.parametrize("safe", [False, True], ids=["usual", "safe"])
def test_departments_of_a_file(clinic: Path, safe: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Each is found by its code, listed, taken, and its fee stands whole; a sequence in it does nothing."""
    narrow.use_safe(safe)
    columns = 80 if safe else 120
    wrong: dict[str, list[str]] = {}
    with staged(clinic, (columns, 24 if safe else 40), safe=safe) as clerk:
        opened(clerk, replace(FINE, now=MORNING), place=DESK)
        for number, name in enumerate(STORABLE):
            clerk.send(f"K{number:02d}")
            found = faults(clerk, columns, ("11840.00",))
            clerk.send("\r")
            wrong[name] = found + faults(clerk, columns, FEES)

    assert {} == {name: found for name, found in wrong.items() if found}


def told(clerk: Clerk, text: str) -> list[str]:
    """Show a text wherever the desk tells of a visit, and return what is wrong with the screen."""
    visit = Registering(department=Department(code="K", name=text, caty=""), doctor=Doctor(code="D", name=text), fee_class=text)
    tell(clerk, news.CardGone(), news.CardShown(PATIENT), known(registered(visit, queue=text), registered(visit, cancelled=True)))
    clerk.till.back()
    wrong = faults(clerk, 80, ("80.00",))
    clerk.press("f6")
    tell(clerk, Paged("voids", (PickRow(key=MSGID, at=AT, words=text, amount_fen=1_183_800),)))
    wrong += faults(clerk, 80, ("11838.00",))
    clerk.till.back()
    diagnosed = replace(ORDERED, number=text, diagnoses=(Diagnosis(diag_code="x", diag_name=text, diag_time=AT),))
    tell(clerk, news.Recalled(replace(order(), ordered=diagnosed)))
    wrong += faults(clerk, 80, ("45.00",))
    slip = replace(ticket(visit, queue=text), visit_no=text)
    state = PaidInCash(subject=MSGID, amount_fen=4500)
    sold = news.Sold(state=state, bill=bill_of(clerk), draft="9", received_fen=0, ticket=slip)
    tell(clerk, news.Recalled(OpenBill(draft="10")), sold)
    return wrong + faults(clerk, 80, ("45.00",))


def test_what_the_desk_tells_of_visits(clinic: Path) -> None:
    """Earlier registrations, the list to cancel from, an order's diagnoses, and the slip."""
    with staged(clinic) as clerk:
        opened(clerk, replace(FINE, now=MORNING), place=DESK)
        wrong = {name: told(clerk, text) for name, text in HOSTILE.items()}

    assert {} == {name: found for name, found in wrong.items() if found}
