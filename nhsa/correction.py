"""2601 correction of an unknown outcome (interface 2.9). Its own answer is verified, never believed."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from nhsa import codes
from nhsa.reading import Content


class CorrectionQuery(Content):
    """``data`` of 2601."""

    psn_no: Annotated[str, Field(min_length=1, max_length=30)]
    omsgid: Annotated[str, Field(min_length=1, max_length=30)]
    oinfno: Annotated[str, Field(min_length=4, max_length=4)]


def correction_input(*, psn_no: str, omsgid: str, oinfno: str) -> dict[str, Any]:
    """Return the input of 2601. Raises :class:`ValueError` for a transaction that it cannot correct."""
    if oinfno not in codes.REVERSIBLE:
        message = f"{oinfno} cannot be corrected"
        raise ValueError(message)
    return {"data": CorrectionQuery(psn_no=psn_no, omsgid=omsgid, oinfno=oinfno).wire()}
