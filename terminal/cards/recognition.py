"""What a card is that does not have the social-security environment: named, so that a cashier can say it.

Called only after the environment was refused: cards of the second and third generation carry a bank's application as well, so
a bank card is one that has that and nothing else. An answer to reset never makes a card ours, but some prove by it what they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from terminal.cards import ldt
from terminal.cards.apdu import Channel, selected


class Kind(Enum):
    """What else people put into the reader, in both languages."""

    BANK = ("银行卡（金融 IC 卡）", "a bank card")
    CITIZEN_ID = ("居民身份证", "a resident identity card")
    HONG_KONG_ID = ("香港身份证", "a Hong Kong identity card")
    TRAVEL_DOCUMENT = ("护照或境外证件", "a passport or a foreign identity document")
    LOGIC_ENCRYPTED = ("逻辑加密卡（门禁、食堂或单位卡）", "a card of encrypted memory, as employers, doors and canteens use")
    MEMORY = ("存储卡", "a memory card")
    PURSE = ("单位卡、校园卡或交通卡", "an employer's, campus or transport card")
    OTHER = ("其他芯片卡", "another chip card")

    @property
    def zh(self) -> str:
        """Its name in Chinese."""
        return self.value[0]

    @property
    def en(self) -> str:
        """Its name in English."""
        return self.value[1]


@dataclass(frozen=True, slots=True)
class _Mark:
    """Bytes in an answer to reset that say what a card is: ``head`` where it begins, ``then`` somewhere after it."""

    head: bytes
    then: bytes
    kind: Kind


_PSEUDO_STORAGE = bytes.fromhex("3B8F8001804F0CA000000306")
"""PC/SC part 3: a contactless card without commands of its own; one byte of its standard and two of its name follow."""
_MARKS = (
    # ISO 14443 B: application data D10386 in the answer to request, seen of several cards (two sources).
    _Mark(bytes.fromhex("3B888001"), bytes.fromhex("D10386"), Kind.CITIZEN_ID),
    # PC/SC part 3 with standard 07, ISO 14443 B part 4 (one source; unconfirmed).
    _Mark(_PSEUDO_STORAGE + b"\x07", b"\xff", Kind.CITIZEN_ID),
    # pcsc-tools' list: permanent identity card (one source; unconfirmed). Newer ones are contactless travel documents.
    _Mark(bytes.fromhex("3B6F00008031E06B"), b"", Kind.HONG_KONG_ID),
    # PC/SC part 3, standard 03 (ISO 14443 A part 3): MIFARE Classic 1K, 4K and Mini.
    _Mark(_PSEUDO_STORAGE + bytes.fromhex("030001"), b"", Kind.LOGIC_ENCRYPTED),
    _Mark(_PSEUDO_STORAGE + bytes.fromhex("030002"), b"", Kind.LOGIC_ENCRYPTED),
    _Mark(_PSEUDO_STORAGE + bytes.fromhex("030026"), b"", Kind.LOGIC_ENCRYPTED),
    # ISO 7816-10, two- and three-wire: SLE4442 and SLE4428 with their security codes.
    _Mark(bytes.fromhex("3B04A2131091"), b"", Kind.LOGIC_ENCRYPTED),
    _Mark(bytes.fromhex("3B0492231091"), b"", Kind.LOGIC_ENCRYPTED),
    _Mark(_PSEUDO_STORAGE, b"", Kind.MEMORY),
)
_APPLICATIONS = (
    # EMV and PBOC: the payment environments, and the association's own identifier.
    (b"1PAY.SYS.DDF01", Kind.BANK),
    (b"2PAY.SYS.DDF01", Kind.BANK),
    (bytes.fromhex("A000000333"), Kind.BANK),
    # ICAO 9303: machine-readable travel documents.
    (bytes.fromhex("A0000002471001"), Kind.TRAVEL_DOCUMENT),
    # Union of transport cards; electronic purse of PBOC, which campuses and employers use.
    (bytes.fromhex("A000000632010105"), Kind.PURSE),
    (bytes.fromhex("A00000000386980701"), Kind.PURSE),
)


def by_reset(atr: bytes) -> Kind | None:
    """Return what an answer to reset alone proves; None for most."""
    return next((mark.kind for mark in _MARKS if atr.startswith(mark.head) and mark.then in atr[len(mark.head) :]), None)


def by_applications(card: Channel) -> Kind:
    """Ask a card that was named by nothing else for what it may carry: at most six commands."""
    for name, kind in _APPLICATIONS:
        if selected(card.select(0x04, name)):
            return kind
    return Kind.OTHER


def has_issuer_file(card: Channel) -> bool:
    """Whether a card without the environment still has EF05: social-security cards of the first years do (one program)."""
    return selected(card.select(0x00, ldt.ISSUER.fid.to_bytes(2)))
