"""What the records of a reconciliation mean: the statement of a day, what it found, and how that was closed."""

from __future__ import annotations

from collections.abc import Callable

from terminal.screen.technician.code_words import code_word
from terminal.screen.technician.told import Body, Told, kept, yuan
from terminal.screen.words import tr, trn


def _day_stated(body: Body) -> Told:
    differences = body["differences"]
    if body["balanced"]:
        return Told(tr("Reconciled {day}: the same on both sides").format(day=body["day"]), "ok")
    text = trn("Reconciled {day}: {n} row differs", "Reconciled {day}: {n} rows differ", len(differences))
    closed = tr("explained to the last fen") if body["explained"] else tr("not explained in full")
    return Told(text.format(day=body["day"], n=len(differences)), "attention", (closed,))


def _stray_found(body: Body) -> Told:
    numbers = tr("settlement {setl_id}, visit {mdtrt_id}").format(setl_id=body["setl_id"], mdtrt_id=body["mdtrt_id"])
    return Told(tr("It stands at the centre alone"), "attention", (code_word(body["cause"]), numbers))


def _difference_found(body: Body) -> Told:
    numbers = tr("settlement {setl_id}, visit {mdtrt_id}").format(setl_id=body["setl_id"], mdtrt_id=body["mdtrt_id"])
    return Told(tr("A person closes it: F5 at the till"), "attention", (code_word(body["cause"]), numbers))


def _difference_closed(body: Body) -> Told:
    owed = tr("{amount} is owed").format(amount=yuan(body["owed_fen"])) if body["owed_fen"] else ""
    text = tr("Closed by {operator}: {how}").format(operator=body["operator"], how=code_word(body["how"]))
    return Told(text, "ok", kept(owed))


def _restated(_: Body) -> Told:
    return Told(tr("The centre's figures are booked from now on"), "attention")


def _adopted(body: Body) -> Told:
    amounts = tr("{loss} is not lost any more, {owed} is still owed").format(loss=yuan(body["loss_fen"]), owed=yuan(body["owed_fen"]))
    return Told(tr("Written off before, and adopted: the centre has it"), "attention", (amounts,))


STATEMENT_TELLERS: dict[str, Callable[[Body], Told]] = {
    "day_stated": _day_stated,
    "stray_found": _stray_found,
    "difference_found": _difference_found,
    "difference_closed": _difference_closed,
    "restated": _restated,
    "adopted": _adopted,
}
