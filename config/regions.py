"""Which region pack prices a bill: by the pooling area and the day of the bill.

Packs live in ``<admdvs>/<effective-date>.toml``. Those shipped stand beside this module; a directory of
the operator (``[regions] directory``) replaces them area by area, never pack by pack.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from config.pack_file import PackMalformed, load_pack
from settlement.errors import Refusal
from settlement.policy import Policy
from settlement.unpriced import NO_PACK

SHIPPED = Path(__file__).with_name("regions")


def policy_for(admdvs: str, date: str, directory: Path | None = None) -> Policy | Refusal:
    """Return the policy in force in area ``admdvs`` on ``date`` (``yyyy-MM-dd``, a time may follow).

    A refusal when there is no pack for that area or day. Raises :class:`PackMalformed` for any pack of
    the area that does not load: a damaged later pack must not let an earlier one stand for it.
    """
    on = date[:10]
    in_force = None
    for policy in packs_of(admdvs, directory):
        if policy.effective <= on:
            in_force = policy
    if in_force is None:
        return Refusal(NO_PACK, {"area": admdvs, "date": on})
    return in_force


def areas(directory: Path | None = None) -> tuple[str, ...]:
    """Return the areas that have packs, in order."""
    roots = (SHIPPED, directory) if directory is not None else (SHIPPED,)
    return tuple(sorted({folder.name for root in roots if root.is_dir() for folder in root.iterdir() if any(folder.glob("*.toml"))}))


def packs_of(admdvs: str, directory: Path | None = None) -> tuple[Policy, ...]:
    """Return the packs of one area, oldest first."""
    own = directory / admdvs if directory is not None else None
    folder = own if own is not None and any(own.glob("*.toml")) else SHIPPED / admdvs
    return tuple(_load(path, path.stat().st_mtime_ns) for path in sorted(folder.glob("*.toml")))


@cache
def _load(path: Path, _changed_ns: int) -> Policy:
    policy = load_pack(path)
    for key, said, named in (("admdvs", policy.admdvs, path.parent.name), ("effective", policy.effective, path.stem)):
        if said != named:
            cure_zh, cure_en = f"与路径中的 {named} 不符。", f"It differs from {named} in the file's path."
            raise PackMalformed(file="/".join(path.parts[-2:]), key=f"area.{key}", cure_zh=cure_zh, cure_en=cure_en)
    return policy
