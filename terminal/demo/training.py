"""A counter to learn at, beside the real one: the playground with the shop's own goods, keys and colours, which nothing leads out of.

It lies in ``training/`` of the data directory and has a journal, a key, cards and a centre of its own. Of the real counter it reads
the settings and the catalogue, and writes nothing.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typing_extensions import override

from config.settings_text import Leaf, changed_text, value_at
from offline_queue.catalogue import NAME
from terminal.demo.errors import TrainingElsewhere
from terminal.demo.playground import Playground
from terminal.demo.playground_settings import COUNTER, Outfit

FOLDER = "training"
_NAME_MAX = 190
_KEPT = ("ui", "slip")
"""Sections of the real settings that make no difference to money and all of it to hands and eyes."""
_URL = re.compile(r"http://127\.0\.0\.1:[0-9]+/fsi/api/callService", re.ASCII)


@dataclass(frozen=True, slots=True)
class Confined(Outfit):
    """A counter that knows its own line and its own simulated reader, and says that it is for training."""

    @override
    def check(self, text: str, path: Path, port: str = "") -> None:
        """Raise :class:`TrainingElsewhere` for settings that a person has turned to anything else."""
        try:
            table = tomllib.loads(text)
        except (ValueError, RecursionError) as error:
            raise TrainingElsewhere(file=str(path), what=str(error)) from error
        url = value_at(table, ("centre", "url"))
        ours = isinstance(url, str) and _URL.fullmatch(url) is not None
        if not ours or (port and url != f"http://127.0.0.1:{port}/fsi/api/callService"):
            raise TrainingElsewhere(file=str(path), what=f"centre.url = {url}")
        for leaf, value in _FIXED.items():
            if value_at(table, leaf) != value:
                raise TrainingElsewhere(file=str(path), what=f"{'.'.join(leaf)} = {value_at(table, leaf)}")


_FIXED: dict[Leaf, Any] = {("demonstration", "training"): True, ("reader", "kind"): "simulated"}


def training(data_dir: Path, *, fresh: bool = False, personality: str = "re-executes") -> Playground:
    """Describe the training counter of a data directory; nothing happens yet.

    Raises :class:`~settlement.errors.SettingsError` for real settings that cannot be used; without any it is the demonstration's shop.
    """
    goods = data_dir / NAME
    outfit = Confined(settings_beside(data_dir / "settings.toml"), goods if goods.exists() else None)
    return Playground(data_dir / FOLDER, fresh=fresh, personality=personality, outfit=outfit)


def settings_beside(path: Path) -> str:
    """Return the settings of a training counter: the playground's, with name, screen and paper of the real ones."""
    values = dict(_FIXED)
    if path.exists():
        # Loads pydantic, whose verdict on the real settings counts here as well.
        from config.settings import Settings  # noqa: PLC0415

        real = Settings.load(path)
        values[("counter", "fixmedins_name")] = f"{real.counter.fixmedins_name[:_NAME_MAX]}（培训）"
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        values |= {(section, key): value for section in _KEPT for key, value in (table.get(section) or {}).items()}
    values[("counter", "operator_name")] = "培训"
    return changed_text(COUNTER, values).text
