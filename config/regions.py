"""Which region pack prices a bill: by the pooling area and the day of the bill.

Packs live in ``<admdvs>/<effective-date>.toml``. Those shipped stand beside this module; a directory of
the operator (``[regions] directory``) replaces them area by area, never pack by pack.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from config.pack_file import PackMalformed, day, load_pack
from config.reading import Cure
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
    name = "/".join(path.parts[-2:])
    if policy.admdvs != path.parent.name:
        zh, en = f"与文件夹 {path.parent.name} 不符。", f"It differs from the folder's name {path.parent.name}."
        raise PackMalformed(file=name, key="area.admdvs", cure_zh=zh, cure_en=en)
    try:
        named = day(path.stem)
    except Cure:
        named = path.stem
    if policy.effective != named:
        zh, en = f"与文件名 {path.stem} 不符。", f"It differs from the file's name {path.stem}."
        raise PackMalformed(file=name, key="area.effective", cure_zh=zh, cure_en=en)
    return policy


__all__ = ["SHIPPED", "PackMalformed", "areas", "load_pack", "packs_of", "policy_for"]
