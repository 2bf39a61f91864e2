"""A shop whose gateway promises something (``[centre.capabilities]``)."""

from __future__ import annotations

from pathlib import Path

from tests.world.shop import Shop


class Promising(Shop):
    """Says in its settings what the gateway promises."""

    promised = ""

    def furnish(self, directory: Path) -> None:
        """Write it behind the other settings."""
        path = directory / "settings.toml"
        path.write_text(f"{path.read_text(encoding='utf-8')}\n[centre.capabilities]\n{self.promised} = true\n", encoding="utf-8")
