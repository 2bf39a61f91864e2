"""One product on the shelf, and the bill line that it becomes."""

from __future__ import annotations

from dataclasses import dataclass

from settlement.bill import Line


@dataclass(frozen=True, slots=True)
class Item:
    """One product of the catalogue. The order of the fields is that of the columns of ``item`` in ``schema.sql``."""

    code: str
    """The institution's own product code: ``medins_list_codg``."""
    med_list_codg: str
    """National catalogue code; empty for goods outside it."""
    name: str
    spec: str
    """Strength and pack, such as ``30mg×7片``."""
    prodentp_name: str
    """Manufacturer."""
    unit: str
    """What one is: 盒, 瓶, 支 …"""
    barcodes: tuple[str, ...]
    """EAN-8, UPC-A, EAN-13 or GTIN-14, as printed; the same product may carry several."""
    trac_prefix: str
    """药品标识码: the first seven digits of the box's traceability code, which name the product; may be empty."""
    pric_e6: int
    chrgitm_lv: str
    """``01`` class A · ``02`` class B · ``03`` self-pay."""
    selfpay_prop_e4: int
    pric_uplmt_e6: int | None
    goods_kind: str
    """Kind of approval, in the words of the region packs: 国药准字, 械字 …"""
    manu_lotnum: str
    """Batch on the shelf; a box may say otherwise."""
    expy_end: str
    """Last day of use of that batch, ``yyyy-MM-dd``; may be empty."""
    trac_required: bool
    """Whether each box's traceability code must be scanned."""
    controls: tuple[str, ...]
    """How it is sold: words of :data:`settlement.bill.CONTROLS`."""
    popularity: int
    """How often it is sold, in whatever unit the shop counts: what is sold more is found first."""


def line_of(
    item: Item,
    *,
    feedetl_sn: str,
    cnt_e4: int,
    drug_trac_codg: tuple[str, ...] = (),
    rxno: str = "",
    charged_e6: int | None = None,
    manu_lotnum: str | None = None,
    expy_end: str | None = None,
) -> Line:
    """Return the bill line of ``cnt_e4`` (10⁻⁴) of ``item``.

    ``charged_e6`` is the unit price that is charged when it is not the catalogue's; batch and expiry are those of the
    box where the counter read them. Whether the figures make sense is for :func:`settlement.claim.check`.
    """
    charged = item.pric_e6 if charged_e6 is None else charged_e6
    return Line(
        feedetl_sn=feedetl_sn,
        medins_list_codg=item.code,
        med_list_codg=item.med_list_codg,
        name=item.name,
        cnt_e4=cnt_e4,
        pric_e6=charged,
        chrgitm_lv=item.chrgitm_lv,
        selfpay_prop_e4=item.selfpay_prop_e4,
        pric_uplmt_e6=item.pric_uplmt_e6,
        goods_kind=item.goods_kind,
        rxno=rxno,
        drug_trac_codg=drug_trac_codg,
        full_pric_e6=None if charged == item.pric_e6 else item.pric_e6,
        spec=item.spec,
        prodentp_name=item.prodentp_name,
        manu_lotnum=item.manu_lotnum if manu_lotnum is None else manu_lotnum,
        expy_end=item.expy_end if expy_end is None else expy_end,
        controls=item.controls,
    )
