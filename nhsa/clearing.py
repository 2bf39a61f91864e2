"""3203 application for the clearing of a period, and 3204 its cancellation (interface 2.10).

Of these two the sources give names only. The members here are this product's own reading, by those of 3201: unconfirmed, and spoken by
the reference centre alone until an operator has the area's form.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from nhsa.reading import Answer, Content, Text, yuan
from nhsa.statement import Code, Count, Day, Sum
from settlement.statement import Group, Totals

APPLY, CANCEL = "3203", "3204"


class Application(Content):
    """``data`` of 3203."""

    insutype: Code
    clr_type: Code
    setl_optins: Code
    begndate: Day
    enddate: Day
    medfee_sumamt: Sum
    fund_appy_sum: Sum
    acct_pay: Sum
    psntime: Count


class Cancellation(Content):
    """``data`` of 3204."""

    clr_appy_evt_id: Annotated[str, Field(min_length=1, max_length=30)]


class Applied(Answer):
    """What 3203 answers: the number of the application."""

    clr_appy_evt_id: Annotated[Text, Field(min_length=1, max_length=30)]


def application_input(group: Group, begndate: str, enddate: str, totals: Totals) -> dict[str, Any]:
    """Return the input of 3203 for a period, both days included."""
    application = Application(
        insutype=group.insutype,
        clr_type=group.clr_type,
        setl_optins=group.setl_optins,
        begndate=begndate,
        enddate=enddate,
        medfee_sumamt=yuan(totals.amounts.total_fen),
        fund_appy_sum=yuan(totals.amounts.fund_fen),
        acct_pay=yuan(totals.amounts.account_fen),
        psntime=str(totals.count),
    )
    return {"data": application.model_dump()}


def cancellation_input(clr_appy_evt_id: str) -> dict[str, Any]:
    """Return the input of 3204."""
    return {"data": Cancellation(clr_appy_evt_id=clr_appy_evt_id).model_dump()}


def read_applied(output: dict[str, Any]) -> Applied:
    """Return what 3203 answered. Raises :class:`ValueError`."""
    return Applied.model_validate(output.get("data"))
