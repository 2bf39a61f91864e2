"""Amounts that cards of the older kind keep themselves: loaded at the office, debited by the card, proved by its TAC.

What an office loads is earmarked for that card for good: no generation, no last month. The ledger holds the key with which the card
makes its TACs, so it alone can check one. The bytes under a TAC are not public: they are those of ``docs/card.md`` (design).
"""

from __future__ import annotations

from hmac import compare_digest

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from sqlalchemy import Connection, insert, select

from clearing.allowances import OPEN, Cover, Holder
from clearing.errors import Refused
from clearing.ledger import available, balance_fen, earmarked, post
from clearing.schema import card_account, card_debit, earmark
from nhsa.extension import CardDebit

ON_CARD = 256
"""In place of a generation, which is one byte: what the card keeps itself."""
_NEVER = "9999-12-31"
_DEBITED = b"2"
_MAC_BYTES, _DES_KEY_BYTES = 4, 8


def load(db: Connection, holder: Holder, *, fen: int, proof_key: str, at: str) -> None:
    """Earmark what the office has loaded onto a card, and keep the card's proof key (hexadecimal; empty = none is held here)."""
    db.execute(insert(card_account).values(card_no=holder.card_no, proof_key=proof_key))
    row = {"psn_no": holder.psn_no, "card_no": holder.card_no, "generation": ON_CARD, "grant_fen": fen, "not_after": ""}
    row |= {"granted": at, "release_on": _NEVER, "seen": at, "state": OPEN}
    number = db.execute(insert(earmark).values(row).returning(earmark.c.number)).scalar_one()
    post(db, "grant", str(number), at, {available(holder.psn_no): -fen, earmarked(number): fen})


def accept(db: Connection, holder: Holder, debit: CardDebit, msgid: str) -> Cover:
    """Check a card's proof of its own debit, remember it, and return what the card's earmark gives for it.

    Raises :class:`Refused` for a TAC that is not the card's, and for a transaction of the card that was settled under another msgid.
    Where a TAC cannot be checked, :func:`unchecked` says why, beside the settlement.
    """
    held = db.execute(select(card_account.c.proof_key).where(card_account.c.card_no == holder.card_no)).scalar()
    if held is None:
        raise Refused("该卡没有卡上金额，不能凭卡上扣款结算")
    if debit.tac and held and not compare_digest(debit.tac, tac_of(bytes.fromhex(held), debit)):
        raise Refused("脱机凭证的交易验证码（TAC）不正确")
    same = select(card_debit.c.msgid).where(card_debit.c.card_no == holder.card_no, card_debit.c.sequence == debit.sequence)
    if (before := db.execute(same.where(card_debit.c.moment == debit.moment)).scalar()) is not None and before != msgid:
        raise Refused("该卡的这一笔扣款已经结算，不能再次结算")
    if before is None:
        why = unchecked(debit, proof_key=held)
        row = {"card_no": holder.card_no, "sequence": debit.sequence, "moment": debit.moment, "msgid": msgid, "unchecked": why}
        db.execute(insert(card_debit).values(row))
    number = db.execute(select(earmark.c.number).where(earmark.c.card_no == holder.card_no, earmark.c.generation == ON_CARD)).scalar_one()
    return Cover(earmarked(number), min(debit.own_fen, balance_fen(db, earmarked(number))))


def unchecked(debit: CardDebit, *, proof_key: str) -> str:
    """Return why a TAC was not checked; empty when it was."""
    if not debit.tac:
        return "no-tac"
    return "" if proof_key else "no-key"


def tac_of(key: bytes, debit: CardDebit) -> str:
    """Return the TAC that the card with this proof key makes of a debit: eight bytes are single DES, sixteen SM4."""
    amounts = debit.own_fen.to_bytes(4) + debit.pooled_fen.to_bytes(4)
    content = amounts + _DEBITED + bytes.fromhex(debit.terminal) + debit.number.to_bytes(4) + bytes.fromhex(debit.moment)
    cipher = TripleDES(key * 3) if len(key) == _DES_KEY_BYTES else algorithms.SM4(key)
    block = cipher.block_size // 8
    encryptor = Cipher(cipher, modes.CBC(bytes(block))).encryptor()
    padded = content + b"\x80" + bytes(-(len(content) + 1) % block)
    return (encryptor.update(padded) + encryptor.finalize())[-block:][:_MAC_BYTES].hex().upper()
