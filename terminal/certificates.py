"""Certificates that stand in place of the social-security card: an identity number, a medical e-certificate (医保电子凭证).

Both work on-line only: whose they are says the centre. Numbers, codes and tokens are in no representation here, so that they reach
no log; the journal keeps what was presented among a person's private members.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from nhsa import codes, ecert
from nhsa.codes import CertType
from settlement import refusals
from settlement.errors import Refusal
from terminal.cards.ldt import citizen_check

if TYPE_CHECKING:
    from offline_queue.journal import EnquiryAnswer

_CERTNO_LENGTH = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What a person presented: ready for 1101 and for the settlement."""

    mdtrt_cert_type: CertType
    mdtrt_cert_no: str = field(repr=False)
    """The identity number, or the token of an e-certificate."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a scanner read after the person chose the e-certificate. Only the bureau's component can tell what it is."""

    text: str = field(repr=False)


Shown = Certificate | Scanned
"""What stands at the counter in place of a card."""


class Decoder(Protocol):
    """The bureau's decoding component: it alone reads an e-certificate, and answers a token for one treatment."""

    def decode(self, scanned: Scanned) -> Certificate | Refusal:
        """Return the token as a certificate, or why there is none: no e-certificate, or no answer."""


class NoDecoder:
    """A counter without the component (``[ecert] kind = "none"``)."""

    def decode(self, scanned: Scanned) -> Certificate | Refusal:
        """Refuse: nothing else may guess what a code is."""
        del scanned
        return Refusal(refusals.ECERT_NO_COMPONENT)


class ComponentDecoder:
    """The component that ``[ecert]`` names, asked through the sender."""

    def __init__(self, ask: Callable[[str, dict[str, Any]], EnquiryAnswer]) -> None:
        self._ask = ask

    def decode(self, scanned: Scanned) -> Certificate | Refusal:
        """Hand over what was read as it is, and take the token."""
        answer = self._ask(ecert.DECODE, {"scanned": scanned.text})
        match answer.outcome:
            case "answered":
                return Certificate(mdtrt_cert_type=codes.E_CERTIFICATE, mdtrt_cert_no=str(answer.output["ecToken"]))
            case "refused":
                return Refusal(refusals.ECERT_NOT_ONE, {"words": answer.words})
            case _:
                return Refusal(refusals.ECERT_SILENT, {"why": answer.words})


def by_identity_number(typed: str) -> Certificate | Refusal:
    """Return the certificate that a typed identity number is, checked by its check character (GB 11643); nothing was asked yet."""
    certno = typed.strip().upper()
    digits = certno[:-1]
    if len(certno) != _CERTNO_LENGTH or not (digits.isascii() and digits.isdigit()) or citizen_check(digits) != certno[-1]:
        return Refusal(refusals.CERTNO_MALFORMED)
    return Certificate(mdtrt_cert_type=codes.IDENTITY_CARD, mdtrt_cert_no=certno)


def type_of(shown: Shown) -> CertType:
    """Return the code of what is shown."""
    return codes.E_CERTIFICATE if isinstance(shown, Scanned) else shown.mdtrt_cert_type
