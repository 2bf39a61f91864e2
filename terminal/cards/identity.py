"""Whose card it is: the environment, the issuer's file, the card's own proof, the cardholder's file.

In the order in which a terminal should look (specification and algorithm before anything is asked of a key), and with as few
commands as there are: the answer to a selection is fetched only where it is long enough to say anything.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NoReturn
from unicodedata import category

from settlement.plain import FILLERS
from terminal.cards import ldt, recognition
from terminal.cards.errors import CardMalformed, CardVersionUnknown
from terminal.cards.recognition_errors import AlgorithmUnsupported, Contactless, ForeignCard, OldHolder, OldMedicalCard
from terminal.cards.session import CardSession, text_of

_ALGORITHM_MARK = bytes.fromhex("9F0C86")
"""Precedes the algorithm in the answer to the selection (one program; what 86 means is unconfirmed)."""
_NAME_ONLY = 4
"""Bytes of an answer to a selection beside the name that it repeats: it has no room for an algorithm."""
_SSF33_SN = 0x11
"""First byte of 卡识别码 of such a card when its selection says nothing (one program; unconfirmed)."""
_PSEUDO = bytes.fromhex("8001")
"""TD1 and TD2 of an answer to reset that a reader made of what a contactless card said (PC/SC part 3): nothing stands before them."""
_UNCODED = "〓"
"""Stands for a character that has no public code: offices keep rare ones in the user-defined areas of GBK."""


class Algorithm(StrEnum):
    """Of the card's keys."""

    DES = "3DES"
    SSF33 = "SSF33"
    SM4 = "SM4"


_ALGORITHMS = {0x01: Algorithm.DES, 0x02: Algorithm.SSF33, 0x03: Algorithm.SM4}


@dataclass(frozen=True, slots=True, kw_only=True)
class CardHolder:
    """What the card says without its PIN."""

    card_sn: str
    """卡识别码, 32 hexadecimal digits."""
    card_no: str
    version: str
    valid_until: str
    """``yyyyMMdd``."""
    certno: str
    psn_name: str

    @property
    def gend(self) -> str:
        """GB/T 2261.1: ``1`` male · ``2`` female; the citizen number says it (GB 11643), which saves a command."""
        return "1" if int(self.certno[-2]) % 2 else "2"


def identify(session: CardSession) -> CardHolder:
    """Return who the card is of, after it proved itself.

    Raises :class:`ForeignCard`, :class:`OldMedicalCard`, :class:`CardVersionUnknown`, :class:`AlgorithmUnsupported`,
    :class:`CardMalformed` and :class:`~terminal.cards.errors.NotGenuine`.
    """
    answer = session.try_enter(ldt.SSSE_AID, more_than=len(ldt.SSSE_AID) + _NAME_ONLY)
    if answer is None:
        _name(session)
    if _met_without_contact(session.card.atr):
        raise Contactless
    issued = session.values(ldt.ISSUER, ldt.TAG_VERSION, ldt.TAG_SN, ldt.TAG_CARD_NO, ldt.TAG_VALID_UNTIL)
    version = text_of(ldt.ISSUER, ldt.TAG_VERSION, issued[ldt.TAG_VERSION])
    if version[:1] not in {"1", "2", "3"} or len(version) != len("2.00"):
        raise CardVersionUnknown(version=version)
    card_sn = text_of(ldt.ISSUER, ldt.TAG_SN, issued[ldt.TAG_SN])
    session.know(bytes.fromhex(card_sn), sm4=_algorithm(answer, bytes.fromhex(card_sn)) is Algorithm.SM4)
    session.check_genuine()
    file = ldt.ssse_files(version)[ldt.HOLDER.fid]
    if version.startswith("1"):
        raise OldMedicalCard(_old_holder(session, version))
    holder = CardHolder(
        card_sn=card_sn,
        card_no=text_of(ldt.ISSUER, ldt.TAG_CARD_NO, issued[ldt.TAG_CARD_NO]),
        version=version,
        valid_until=text_of(ldt.ISSUER, ldt.TAG_VALID_UNTIL, issued[ldt.TAG_VALID_UNTIL]),
        certno=session.text(file, ldt.TAG_CERTNO),
        psn_name=_shown(session.text(file, ldt.TAG_NAME)),
    )
    _check(holder)
    return holder


def _algorithm(answer: bytes, card_sn: bytes) -> Algorithm:
    """Return the algorithm of the card's keys. Raises :class:`AlgorithmUnsupported`."""
    _, mark, after = answer.partition(_ALGORITHM_MARK)
    told = _ALGORITHMS.get(after[0]) if mark and after else None
    if mark and told is None:
        raise AlgorithmUnsupported(algorithm=after[:1].hex().upper() or "-")
    algorithm = told or (Algorithm.SSF33 if card_sn[0] == _SSF33_SN else Algorithm.DES)
    if algorithm is Algorithm.SSF33:
        # Its description is not public: such a card is identified by nobody here.
        raise AlgorithmUnsupported(algorithm=algorithm)
    return algorithm


def _met_without_contact(atr: bytes) -> bool:
    return atr[2:4] == _PSEUDO and atr[1] & 0xF0 == 0x80  # noqa: PLR2004 - T0: of the interface bytes TD1 alone


def _name(session: CardSession) -> NoReturn:
    """Say what it is that has not the environment. Raises :class:`ForeignCard` or :class:`OldMedicalCard`."""
    card = session.card
    kind = recognition.by_reset(card.atr)
    if kind is None and recognition.has_issuer_file(card):
        raise OldMedicalCard(_old_holder(session, ""))
    raise ForeignCard(kind or recognition.by_applications(card), card.atr)


def _old_holder(session: CardSession, version: str) -> OldHolder:
    holder = OldHolder(
        certno=session.text(ldt.HOLDER_V1, ldt.TAG_CERTNO),
        psn_name=_shown(session.text(ldt.HOLDER_V1, ldt.TAG_NAME)),
        version=version,
    )
    if not (_right_certno(holder.certno) and _right_name(holder.psn_name)):
        raise CardMalformed(what="EF06")
    return holder


def _check(holder: CardHolder) -> None:
    """Refuse what cannot be a person's card: check characters, dates, a name that a screen or printer would obey."""
    right_no = False
    with suppress(ValueError, IndexError):
        right_no = ldt.card_no_check(holder.card_no[:-1]) == holder.card_no[-1]
    if not (right_no and _is_date(holder.valid_until) and _right_certno(holder.certno) and _right_name(holder.psn_name)):
        raise CardMalformed(what="EF05/EF06")


def _right_certno(certno: str) -> bool:
    """Whether it is 18 characters of GB 11643: digits, a day of birth that there was, the right check character."""
    with suppress(ValueError, IndexError):
        return certno.isascii() and _is_date(certno[6:14]) and ldt.citizen_check(certno[:-1]) == certno[-1]
    return False


def _is_date(text: str) -> bool:
    """Whether it is ``yyyyMMdd`` of the calendar."""
    with suppress(ValueError):
        return text.isascii() and text.isdigit() and datetime.strptime(text, "%Y%m%d").strftime("%Y%m%d") == text  # noqa: DTZ007 - a day, no moment
    return False


def _right_name(name: str) -> bool:
    """Whether a name can be shown: something, nothing that a screen or printer would obey, and nothing that none of them shows."""
    return bool(name) and name.isprintable() and FILLERS.isdisjoint(name)


def _shown(name: str) -> str:
    """Return a name with a mark for each character that only its issuer's own font has: its holder is served all the same."""
    return "".join(_UNCODED if category(character) == "Co" else character for character in name)
