"""What a record means, in words: one sentence for each kind, and the details worth reading."""

from __future__ import annotations

from collections.abc import Callable

from terminal.screen.technician.code_words import code_word
from terminal.screen.technician.statement_words import STATEMENT_TELLERS
from terminal.screen.technician.told import Body, State, Told, kept, yuan
from terminal.screen.words import tr, trn

_SHORT = 60
RESET = "RESET"
"""The card step that is no exchange: a card answered its reset."""


def told_of(kind: str, body: Body) -> Told:
    """Return what a record says; a kind that is not known shows its members. Never fails on what a record may hold."""
    teller = _TELLERS.get(kind)
    try:
        return teller(body) if teller is not None else _unknown(kind, body)
    except (KeyError, IndexError, TypeError, ValueError):
        return _unknown(kind, body)


def writer_word(writer: str) -> str:
    """Return who wrote a record."""
    return {"till": tr("Till"), "sender": tr("Sender")}.get(writer, writer)


def _unknown(kind: str, body: Body) -> Told:
    plain = (f"{name} = {value}" for name, value in body.items() if isinstance(value, int | str) and len(str(value)) <= _SHORT)
    return Told(kind, details=tuple(plain))


# --- meant -----------------------------------------------------------------------------------------------


def _sale_intended(body: Body) -> Told:
    hotlist, card = body["hotlist"], body["card"]
    details = [
        tr("rules {pack}").format(pack=body["pack"]),
        tr("hotlist {version}, {age} old").format(version=hotlist["version"], age=_age(hotlist["age_s"])),
        tr("redeems slip {slip}").format(slip=body["slip"]) if body["slip"] else "",
    ]
    if body["way"] == "online":
        text = tr("Intent: charge a visit on-line") if body.get("charge") else tr("Intent: settle on-line; the request is frozen")
        return Told(text, details=kept(*details))
    details.insert(0, tr("because: {why}").format(why=code_word(body["reason"])) if body["reason"] else "")
    if card is not None and "sequence" in card:
        text = tr("card: {before} less {debit} leaves {after}; sequence {sequence}, terminal {terminal}, number {number}")
        left_fen = card["balance_fen"] - card["own_fen"]
        amounts = {"before": yuan(card["balance_fen"]), "debit": yuan(card["own_fen"]), "after": yuan(left_fen)}
        details.append(text.format(**amounts, sequence=card["sequence"], terminal=card["terminal"], number=card["number"]))
        return Told(tr("Intent: settle off-line, by the card's own debit"), "notice", kept(*details))
    if card is not None:
        before, after = card["amount_fen"] or 0, (card["amount_fen"] or 0) - card["debit_fen"]
        text = tr("card: {before} less {debit} leaves {after}; generation {generation}, counter {counter}, tag {tag}")
        details.append(
            text.format(
                before=yuan(before),
                debit=yuan(card["debit_fen"]),
                after=yuan(after),
                generation=card["generation"],
                counter=card["counter"],
                tag=f"{card['tag']:04X}",
            )
        )
    return Told(tr("Intent: settle off-line, from the card's allowance"), "notice", kept(*details))


def _age(age_s: int | None) -> str:
    if age_s is None:
        return "—"
    return tr("{n} min").format(n=age_s // 60) if age_s < 7200 else tr("{n} h").format(n=age_s // 3600)  # noqa: PLR2004 - two hours


def _void_intended(body: Body) -> Told:
    details = (tr("undoes {original}").format(original=body["original"]), tr("because: {why}").format(why=code_word(str(body["why"]))))
    return Told(tr("Intent: void on-line") if body["way"] == "online" else tr("Intent: void, to be uploaded"), "notice", details)


def _refresh_intended(body: Body) -> Told:
    text = tr("generation {generation}, {grant}, until {until}")
    grant = text.format(generation=body["generation"], grant=yuan(body["grant_fen"]), until=body["not_after"])
    return Told(tr("Intent: write a new allowance to the card"), details=(grant,))


def _pin_intended(body: Body) -> Told:
    works = {
        "change": tr("Intent: change the card's PIN"),
        "activation": tr("Intent: activate the card"),
        "reload": tr("Intent: set a forgotten PIN anew"),
        "unblock": tr("Intent: unblock the PIN"),
    }
    evidence = {"document": tr("an identity document was seen"), "old-card": tr("the old card was read")}.get(body["evidence"], "")
    return Told(works.get(body["work"], str(body["work"])), details=(evidence,) if evidence else ())


def _pin_ended(body: Body) -> Told:
    texts: dict[str, tuple[str, State]] = {
        "new": (tr("The card took it"), "ok"),
        "old": (tr("The card refused: its PIN is as it was"), "attention"),
        "right": (tr("It was interrupted; a right PIN was given since"), "attention"),
    }
    return Told(*texts.get(body["held"], (str(body["held"]), "attention")))


def _request_frozen(body: Body) -> Told:
    return Told(tr("The sender completed and froze the request"), details=(f"{body['infno']} {str(body['hash'])[:16]}",))


# --- sent and answered -----------------------------------------------------------------------------------


def _sending(body: Body) -> Told:
    return Told(tr("Attempt {n}: {infno} is sent").format(n=body["attempt"], infno=body["infno"]))


def _answered(body: Body) -> Told:
    texts: dict[str, tuple[str, State]] = {
        "accepted": (tr("The centre accepted"), "ok"),
        "rejected": (tr("The centre refused"), "fault"),
        "unknown": (tr("No answer: the outcome is not known"), "attention"),
        "retry": (tr("The centre asks to try again"), "attention"),
        "unreachable": (tr("Not reached: it was surely not sent"), "attention"),
        "not_needed": (tr("Not needed any more: never sent"), "plain"),
        "absent": (tr("The centre's statements do not name it: it never arrived"), "attention"),
    }
    text, state = texts.get(body["outcome"], (str(body["outcome"]), "attention"))
    if body["found_by"] == "query":
        text = tr("{answer} (found by a query)").format(answer=text)
    if body["found_by"] == "statement" and body["outcome"] == "accepted":
        text = tr("{answer} (named by the centre's statement)").format(answer=text)
    numbers = tr("settlement {setl_id}, visit {mdtrt_id}").format(setl_id=body["setl_id"], mdtrt_id=body["mdtrt_id"])
    return Told(text, state, kept(str(body["words"]), numbers if body["setl_id"] else ""))


def _step_sending(body: Body) -> Told:
    return Told(tr("Step {infno} of the visit is sent").format(infno=body["infno"]))


def _step_answered(body: Body) -> Told:
    infno = body["infno"]
    texts: dict[str, tuple[str, State]] = {
        "accepted": (tr("The centre took step {infno}").format(infno=infno), "ok"),
        "rejected": (tr("The centre refused step {infno}").format(infno=infno), "attention"),
    }
    lost = tr("Step {infno} was not answered: it moves nothing and is done again").format(infno=infno)
    text, state = texts.get(body["outcome"], (lost, "attention"))
    visit = tr("visit {mdtrt_id}").format(mdtrt_id=body["mdtrt_id"]) if body["mdtrt_id"] else ""
    return Told(text, state, kept(str(body["words"]), visit))


def _undoing(_: Body) -> Told:
    return Told(tr("No query finds it and the goods stayed here: 2601 undoes it"), "notice")


def _undone(_: Body) -> Told:
    return Told(tr("2601 is accepted; the centre's statement judges it"), "notice")


def _taken_down(body: Body) -> Told:
    return Told(tr("Taken down: nothing of it is left at the centre"), "ok", kept(str(body["words"])))


def _set_aside(body: Body) -> Told:
    return Told(tr("Set aside: it cannot be sent, a person must look"), "fault", (str(body["words"]),))


# --- booked ----------------------------------------------------------------------------------------------


def _done(body: Body) -> Told:
    text = tr("Booked, receipt {receipt}").format(receipt=body["receipt"])
    marks = (tr("off-line, to be uploaded") if body["offline"] else "", tr("found done after a doubt") if body["late"] else "")
    proof = tr("the card's proof (TAC) {tac}").format(tac=body["tac"]) if body.get("tac") else ""
    return Told(text, "ok", kept(*marks, proof))


def _refused(body: Body) -> Told:
    return Told(tr("Not settled: the centre refused"), "fault", kept(str(body["words"])))


def _aborted(body: Body) -> Told:
    return Told(tr("Proved: it did not happen"), "plain", kept(code_word(str(body["why"]))))


def _cancelled(_body: Body) -> Told:
    return Told(tr("Taken back before it was sent"))


def _doubted(body: Body) -> Told:
    return Told(tr("In doubt: whether it happened is not known"), "attention", kept(code_word(str(body["why"]))))


def _goods_answered(body: Body) -> Told:
    return Told(tr("Asked: the goods went out") if body["released"] else tr("Asked: the goods did not go out"))


def _cash_taken(body: Body) -> Told:
    return Told(tr("Cash {amount} was taken against the doubt").format(amount=yuan(body["amount_fen"])), "attention")


def _receivable(body: Body) -> Told:
    return Told(tr("The shop must collect {amount}").format(amount=yuan(body["amount_fen"])), "fault", kept(code_word(str(body["why"]))))


def _difference_answered(body: Body) -> Told:
    if body["agreed"]:
        return Told(tr("The centre's figures differed; the customer agreed"), "notice")
    return Told(tr("The centre's figures differed; the customer declined"), "attention")


def _cash_sale(body: Body) -> Told:
    text = tr("Sold for cash, {amount}; a slip for later settlement").format(amount=yuan(body["amount_fen"]))
    until = tr("until {until}").format(until=body["until"]) if body["until"] else ""
    return Told(text, details=kept(tr("because: {why}").format(why=code_word(body["reason"])) if body["reason"] else "", until))


def _slip_claimed(body: Body) -> Told:
    return Told(tr("The slip is redeemed by {by}").format(by=body["by"]))


def _cash_returned(body: Body) -> Told:
    return Told(tr("Cash {amount} was handed back").format(amount=yuan(body["amount_fen"])))


def _tendered(body: Body) -> Told:
    text = tr("The customer gave {received}, change {change}")
    return Told(text.format(received=yuan(body["received_fen"]), change=yuan(body["change_fen"])))


def _dispensed(body: Body) -> Told:
    seen = tr("prescription of {day}, supply of {days} days").format(day=body["written_on"], days=body["supply_days"])
    reviewed = tr("reviewed by {pharmacist}").format(pharmacist=body["pharmacist"])
    proxy = tr("bought for the patient by somebody else, whose identity is kept")
    details = (seen if body["written_on"] else "", reviewed if body["pharmacist"] else "", proxy if body["proxy"] else "")
    return Told(tr("Papers were seen"), details=kept(*details))


def _refreshed(body: Body) -> Told:
    text = tr("The new allowance was read back: generation {generation}, {grant}")
    return Told(text.format(generation=body["generation"], grant=yuan(body["grant_fen"])), "ok")


def _printed(body: Body) -> Told:
    which = {"first": tr("at the sale"), "late": tr("printed late"), "again": tr("printed again")}.get(body.get("which", ""), "")
    return Told(tr("Slip printed, copy {n}").format(n=body["copy"]), details=kept(which))


def _card_steps(body: Body) -> Told:
    steps = body["steps"]
    lost = any(step[6] == "" and step[2] != RESET for step in steps)
    took_ms = steps[-1][0] - steps[0][0] if steps else 0
    text = trn("Card and PSAM: {n} step in {ms} ms", "Card and PSAM: {n} steps in {ms} ms", len(steps)).format(n=len(steps), ms=took_ms)
    return Told(text, "attention" if lost else "plain", (tr("contact was lost"),) if lost else ())


def _bill_held(body: Body) -> Told:
    return Told(tr("Bill put aside"), details=kept(str(body["label"]), str(body["operator"])))


def _bill_recalled(body: Body) -> Told:
    return Told(tr("Bill taken up again"), details=kept(str(body["operator"])))


def _day_closed(body: Body) -> Told:
    text = tr("Day close {number} by {operator}").format(number=body["number"], operator=body["operator"])
    difference = tr("expected {expected}, difference {difference}")
    found = difference.format(expected=yuan(body["expected_fen"]), difference=yuan(body["difference_fen"]))
    return Told(text, "attention" if body["difference_fen"] else "ok", (found,))


def _restored(body: Body) -> Told:
    text = tr("The journal was put back from a backup: epoch {epoch}").format(epoch=body["epoch"])
    return Told(text, "attention", _unknown("", body).details)


def _return_intended(body: Body) -> Told:
    lines = len(body["bill"]["lines"])
    text = trn("Part comes back, {n} line is kept", "Part comes back, {n} lines are kept", lines).format(n=lines)
    return Told(text, details=(str(body["original"]),))


def _return_ended(body: Body) -> Told:
    texts = {
        "resold": tr("What is kept was settled anew"),
        "cash": tr("What is kept was paid in cash"),
        "full": tr("Nothing was kept: a full refund"),
        "not-begun": tr("The return did not begin: the settlement stands"),
    }
    return Told(texts.get(body["how"], str(body["how"])), details=kept(str(body["by"])))


def _claim_by_hand(body: Body) -> Told:
    return Told(tr("Cleared already: claimed by hand with a slip"), "attention", kept(str(body["words"])))


def _day_reopened(body: Body) -> Told:
    text = tr("Close {number} is taken back by {operator}").format(number=body["number"] - 1, operator=body["operator"])
    return Told(text, "attention", kept(str(body["why"])))


_TELLERS: dict[str, Callable[[Body], Told]] = {
    "sale_intended": _sale_intended,
    "void_intended": _void_intended,
    "refresh_intended": _refresh_intended,
    "pin_intended": _pin_intended,
    "pin_ended": _pin_ended,
    "request_frozen": _request_frozen,
    "sending": _sending,
    "answered": _answered,
    "step_sending": _step_sending,
    "step_answered": _step_answered,
    "taken_down": _taken_down,
    "undoing": _undoing,
    "undone": _undone,
    "set_aside": _set_aside,
    "done": _done,
    "refused": _refused,
    "aborted": _aborted,
    "cancelled": _cancelled,
    "doubted": _doubted,
    "goods_answered": _goods_answered,
    "cash_taken": _cash_taken,
    "receivable": _receivable,
    "difference_answered": _difference_answered,
    "cash_sale": _cash_sale,
    "slip_claimed": _slip_claimed,
    "cash_returned": _cash_returned,
    "tendered": _tendered,
    "dispensed": _dispensed,
    "refreshed": _refreshed,
    "printed": _printed,
    "card_steps": _card_steps,
    "bill_held": _bill_held,
    "bill_recalled": _bill_recalled,
    "day_closed": _day_closed,
    "restored": _restored,
    "claim_by_hand": _claim_by_hand,
    "return_intended": _return_intended,
    "return_ended": _return_ended,
    "day_reopened": _day_reopened,
    **STATEMENT_TELLERS,
}
