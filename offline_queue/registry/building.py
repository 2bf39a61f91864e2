"""Building a registry file: offers in, one finished SQLite file out. The importing command's side; the desk never loads it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

import sqlcipher3.dbapi2 as sqlite

from offline_queue.catalogue.readings import initials_of
from offline_queue.registry.errors import REGISTRY_ERRORS
from offline_queue.registry.offer import Department, HalfDay, Offer
from offline_queue.registry.registry import FORMAT, NAME
from offline_queue.replica.placing import put_in_place

Progress = Callable[[int, int], None]
"""Told how many of how many offers are in place."""

_SCHEMA = Path(__file__).with_name("schema.sql")
_STEP = 500


def replace_registry(directory: Path, offers: Iterable[Offer], about: dict[str, str], progress: Progress, *, over: bool) -> None:
    """Make ``offers`` the registry of ``directory``; ``over`` allows it where there is one. The catalogue is another file.

    Raises :class:`RegistryExists`, :class:`RegistryBusy` while another import runs, and :class:`RegistryUnwritable`:
    what was there is there then.
    """
    put_in_place(directory / NAME, lambda fresh: build(fresh, offers, about, progress), REGISTRY_ERRORS, over=over)


def build(path: Path, offers: Iterable[Offer], about: dict[str, str], progress: Progress) -> None:
    """Write a whole registry to ``path``, which must not exist. It is not flushed, and nothing keeps a half of it.

    Offers keep their order, departments that of their first offers. ``about`` goes into ``meta``.
    """
    placed = list(offers)
    numbers: dict[Department, int] = {}
    with closing(sqlite.connect(str(path), isolation_level=None)) as db:
        # The file is aside until it is whole, so there is nothing to roll back to.
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA synchronous = OFF")
        db.executescript(_SCHEMA.read_text(encoding="utf-8"))
        db.execute("BEGIN")
        for number, offer in enumerate(placed, 1):
            if number % _STEP == 1:
                progress(number - 1, len(placed))
            department = numbers.get(offer.department)
            if department is None:
                department = numbers[offer.department] = len(numbers) + 1
                _put_department(db, department, offer.department)
            _put_offer(db, number, department, offer)
        meta = {**about, "format": FORMAT, "departments": str(len(numbers)), "offers": str(len(placed))}
        db.executemany("INSERT INTO meta VALUES (?, ?)", sorted(meta.items()))
        db.execute("COMMIT")
    progress(len(placed), len(placed))


def _put_department(db: sqlite.Connection, number: int, department: Department) -> None:
    initials = " ".join(initials_of(department.dept_name))
    row = (number, department.dept_code, department.dept_name, department.caty, initials)
    db.execute("INSERT INTO department VALUES (?, ?, ?, ?, ?)", row)


def _put_offer(db: sqlite.Connection, number: int, department: int, offer: Offer) -> None:
    row = (
        number,
        department,
        offer.atddr_no,
        offer.dr_name,
        offer.fee_class,
        offer.begntime,
        offer.endtime,
        offer.quota,
        HalfDay.MORNING in offer.sessions,
        HalfDay.AFTERNOON in offer.sessions,
    )
    db.execute("INSERT INTO offer VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    for kind, fee in (("registration", offer.registration), ("consultation", offer.consultation)):
        if fee is not None:
            values = (fee.fee_fen, fee.medins_list_codg, fee.med_list_codg, fee.chrgitm_lv, fee.selfpay_prop_e4, fee.goods_kind)
            db.execute("INSERT INTO fee VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (number, kind, *values))
