"""Why the centre answered a settlement with other figures: the rule where they begin to differ, found again from the records."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from config.regions import policy_for
from config.settings import Settings
from settlement.blame import Blame, blame
from settlement.errors import Refusal
from settlement.split import price

if TYPE_CHECKING:
    from settlement.facts import SaleIntended
    from settlement.figures import Figures


def because(intent: SaleIntended, answered: Figures, directory: Path) -> Blame | None:
    """Return where ``answered`` begins to differ from what ``intent`` was priced at, by the pack that it was priced by.

    ``directory`` is the data directory, whose settings say where packs lie. None where nothing differs, or where the records no longer
    give the price: by an off-line card, by a version that did not keep what the year had used, by a pack that was changed since.
    Raises :class:`~settlement.errors.SettingsError`.
    """
    if intent.benefit is None or answered.movements() == intent.figures.movements():
        return None
    regions = Settings.load(directory / "settings.toml").regions.directory
    admdvs, _, effective = intent.pack.partition("/")
    policy = policy_for(admdvs, effective, Path(regions) if regions else None)
    if isinstance(policy, Refusal) or policy.pack != intent.pack:
        return None
    split = price(intent.bill, policy, intent.benefit)
    if isinstance(split, Refusal) or split.figures.movements() != intent.figures.movements():
        return None
    return blame(split.steps, intent.figures, answered)
