"""A shop whose gateway promises something: whatever is not promised is not assumed (commit-protocol section 4)."""

from __future__ import annotations

from pathlib import Path

from tests.world.shop import Shop


class PromisingShop(Shop):
    """A shop with one capability of its gateway set."""

    def __init__(self, directory: Path, promise: str, *, personality: str, exchange_s: float = 0.5) -> None:
        """``promise``: the name of the setting."""
        self._promise = promise
        super().__init__(directory, personality=personality, exchange_s=exchange_s)

    def furnish(self, directory: Path) -> None:
        """Say so in the settings."""
        path = directory / "settings.toml"
        path.write_text(f"{path.read_text(encoding='utf-8')}\n[centre.capabilities]\n{self._promise} = true\n", encoding="utf-8")
