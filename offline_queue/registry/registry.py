"""Reading the registry: every keystroke asks for departments, every department taken for its offers, all at the visit's time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from offline_queue.catalogue.matching import Sought, fold, matches
from offline_queue.registry.errors import REGISTRY_ERRORS
from offline_queue.registry.offer import Department, Fee, HalfDay, Offer, half_day_of
from offline_queue.replica.replica_file import ReplicaFile, Row

NAME = "registry.db"
FORMAT = "1"

_DEPARTMENTS = """
SELECT dept_code, dept_name, caty, initials FROM department WHERE EXISTS (
    SELECT 1 FROM offer WHERE department = department.id AND begntime <= ?1 AND (endtime = '' OR endtime > ?1)
        AND CASE ?2 WHEN 'am' THEN morning ELSE afternoon END
) ORDER BY id
"""
_DEPARTMENT = "SELECT dept_code, dept_name, caty FROM department WHERE dept_code = ?"
_OFFERS = """
SELECT dept_code, dept_name, caty, atddr_no, dr_name, fee_class, begntime, endtime, quota, morning, afternoon,
    r.fee_fen, r.medins_list_codg, r.med_list_codg, r.chrgitm_lv, r.selfpay_prop_e4, r.goods_kind,
    c.fee_fen, c.medins_list_codg, c.med_list_codg, c.chrgitm_lv, c.selfpay_prop_e4, c.goods_kind
FROM department JOIN offer ON department = department.id
    LEFT JOIN fee AS r ON r.offer = offer.id AND r.kind = 'registration'
    LEFT JOIN fee AS c ON c.offer = offer.id AND c.kind = 'consultation'
WHERE dept_code = ?1 AND begntime <= ?2 AND (endtime = '' OR endtime > ?2)
    AND (?3 IS NULL OR atddr_no = ?3 AND fee_class = ?4)
    AND CASE ?5 WHEN 'am' THEN morning WHEN 'pm' THEN afternoon ELSE 1 END
ORDER BY offer.id
"""
_WHOLE, _BEGINNING, _PART = range(3)


class Registry(ReplicaFile):
    """The registry of one data directory. ``about`` names ``departments`` and ``offers`` besides; errors are :data:`REGISTRY_ERRORS`.

    Every moment that it is asked about is ``yyyy-MM-dd HH:mm:ss``, China time, else :class:`ValueError`: that of the visit, not that of
    the question.
    """

    name = NAME
    format = FORMAT
    errors = REGISTRY_ERRORS

    def __len__(self) -> int:
        return int(self.about["offers"])

    def departments(self, query: str, at: str, limit: int = 20) -> list[Department]:
        """Return the first ``limit`` departments that the query finds and that have an offer at that moment; all for a blank query.

        It finds by name, code and initials as in :mod:`offline_queue.catalogue.matching`: whole ones first, then those that begin with
        it, then the others, each in the order of the file. Raises :class:`ValueError` for a limit below 1.
        """
        if limit < 1:
            message = f"at least 1 department, not {limit}"
            raise ValueError(message)
        sought = fold(query)
        found: tuple[list[Department], ...] = ([], [], [])
        for code, name, caty, initials in self._read(_DEPARTMENTS, _moment(at), half_day_of(at)):
            nearness = _nearness(sought, Sought(name=fold(name), code=fold(code), initials=tuple(initials.split()), barcodes=()))
            if nearness is not None:
                found[nearness].append(Department(code, name, caty))
        return [department for departments in found for department in departments][:limit]

    def department(self, dept_code: str) -> Department | None:
        """Return the department of a code, exactly as written, whether or not it has an offer now."""
        return next((Department(*row) for row in self._asked(_DEPARTMENT, dept_code)), None)

    def offers(self, dept_code: str, at: str) -> list[Offer]:
        """Return what a department offers at that moment, in that half-day, in the order of the file."""
        return [_offer(row) for row in self._asked(_OFFERS, dept_code, _moment(at), None, None, half_day_of(at))]

    def offer(self, dept_code: str, atddr_no: str, fee_class: str, at: str) -> Offer | None:
        """Return the offer of these keys that is in force at that moment, whatever the half-day: it says what the visit costs."""
        return next((_offer(row) for row in self._asked(_OFFERS, dept_code, _moment(at), atddr_no, fee_class, None)), None)

    def check(self) -> tuple[str, ...]:
        """Return what is wrong with the file: its structure, and how many offers it should hold."""
        faults = [str(row[0]) for row in self._read("PRAGMA quick_check") if row[0] != "ok"]
        ((count,),) = self._read("SELECT count(*) FROM offer")
        return (*faults, *([f"{count} ≠ {len(self)}"] if count != len(self) else []))

    def fee_classes(self) -> dict[str, int]:
        """Return how many offers there are of each fee class, in the order of the file."""
        return dict(self._read("SELECT fee_class, count(*) FROM offer GROUP BY fee_class ORDER BY min(id)"))

    def _asked(self, sql: str, *values: object) -> Iterator[Row]:
        # A text that cannot be written as UTF-8 is in no file.
        with suppress(UnicodeEncodeError):
            yield from self._read(sql, *values)


def _moment(at: str) -> str:
    # Compared as texts: another way to write the same moment would have another order.
    if datetime.fromisoformat(at).replace(tzinfo=None).isoformat(" ", "seconds") != at:
        message = f"yyyy-MM-dd HH:mm:ss, not {at!r}"
        raise ValueError(message)
    return at


def _nearness(query: str, sought: Sought) -> int | None:
    if not query:
        return _WHOLE
    spelled = len(query) <= len(sought.initials) and all(map(str.__contains__, sought.initials, query))
    if query in {sought.name, sought.code} or (spelled and len(query) == len(sought.initials)):
        return _WHOLE
    if spelled or sought.name.startswith(query) or sought.code.startswith(query):
        return _BEGINNING
    return _PART if matches(query, sought) else None


def _offer(row: Row) -> Offer:
    code, name, caty, atddr_no, dr_name, fee_class, begntime, endtime, quota, morning, afternoon = row[:11]
    return Offer(
        department=Department(code, name, caty),
        atddr_no=atddr_no,
        dr_name=dr_name,
        fee_class=fee_class,
        registration=_fee(row[11:17]),
        consultation=_fee(row[17:23]),
        begntime=begntime,
        endtime=endtime,
        quota=quota,
        sessions=tuple(half_day for half_day, given in ((HalfDay.MORNING, morning), (HalfDay.AFTERNOON, afternoon)) if given),
    )


def _fee(row: Row) -> Fee | None:
    fee_fen, medins, med, level, ratio, kind = row
    if fee_fen is None:
        return None
    return Fee(fee_fen=fee_fen, medins_list_codg=medins, med_list_codg=med, chrgitm_lv=level, selfpay_prop_e4=ratio, goods_kind=kind)
