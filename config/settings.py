"""The settings of one counter: one TOML file, every key known, every value checked before anything starts.

Only the file speaks. An environment variable that changed where claims go would be hard to see at a
counter, so none is read. Unknown keys are refused: a typing error must not pass for a default.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import platformdirs
from pydantic import BaseModel, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from typing_extensions import override

from config.refusals import (
    WHYS,
    SettingAbsent,
    SettingRefused,
    SettingsMissing,
    SettingsNotToml,
    SettingsUnreadable,
    SettingUnknown,
)
from config.sections import (
    Centre,
    ClockFile,
    Counter,
    Demonstration,
    Ecert,
    JournalFile,
    Log,
    Printer,
    Psam,
    Reader,
    Regions,
    Slip,
    UiSection,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic_core import ErrorDetails
    from pydantic_settings import PydanticBaseSettingsSource

_PATHS = (("reader", "slot_dir"), ("clock", "file"), ("regions", "directory"), ("printer", "address"), ("journal", "high_water"))
"""Settings that name a file or folder; a relative one is relative to the settings file."""
_NO_PATH = ("network", "serial", "usb")
"""Kinds of printer whose address is no path."""
_THIS_MACHINE = re.compile(r"https?://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?(/.*)?", re.ASCII)
_TOML_PLACE = re.compile(r"^(?P<reason>.*?) \(at (?:line (?P<line>\d+), column \d+|end of document)\)$")


def data_directory(given: str | None) -> Path:
    """Return the folder that ``--data-dir`` names, else this user's state folder."""
    return Path(given) if given else platformdirs.user_state_path("yibao")


def settings_file(data_dir: Path) -> Path:
    """Return the settings file that belongs to a data directory."""
    return data_dir / "settings.toml"


class Settings(BaseSettings):
    """All settings of one counter, read once at start."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True)

    counter: Counter
    centre: Centre
    reader: Reader = Reader()
    psam: Psam = Psam()
    clock: ClockFile = ClockFile()
    demonstration: Demonstration = Demonstration()
    regions: Regions = Regions()
    ecert: Ecert = Ecert()
    slip: Slip = Slip()
    log: Log = Log()
    journal: JournalFile = JournalFile()
    ui: UiSection = UiSection()
    printer: Printer = Printer()

    @override
    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Leave the file, which :meth:`load` reads, as the only source."""
        return (init_settings,)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read and check the file. Raises a :class:`~settlement.errors.SettingsError` that names file, key and cure."""
        table = _read(path)
        place_paths(table, path.parent)
        try:
            settings = cls(**table)
        except ValidationError as invalid:
            first = min(invalid.errors(include_url=False), key=lambda error: error["type"] != "extra_forbidden")
            raise _explained(cls, first, path) from invalid
        if settings.demonstration.training and not settings.simulated:
            why_zh, why_en = WHYS["training_elsewhere"]
            raise SettingRefused(file=str(path), key="demonstration.training", value="true", why_zh=why_zh, why_en=why_en)
        return settings

    @classmethod
    def faults(cls, table: dict[str, Any], path: Path) -> dict[str, SettingUnknown | SettingAbsent | SettingRefused]:
        """Return all that is wrong with what ``path`` holds or is to hold, by key; what concerns several keys stands under their section.

        :meth:`load` raises one of them.
        """
        try:
            cls(**table)
        except ValidationError as invalid:
            return {".".join(map(str, error["loc"])): _explained(cls, error, path) for error in invalid.errors(include_url=False)}
        return {}

    @property
    def simulated(self) -> bool:
        """Whether no real card and no centre on another machine can be meant."""
        return self.reader.kind == "simulated" and _THIS_MACHINE.fullmatch(self.centre.url) is not None

    @property
    def high_water(self) -> Path | None:
        """The folder of the journal's mark; None where the counter is a simulated one, of which many share a machine."""
        if self.journal.high_water:
            return Path(self.journal.high_water)
        # Not the data directory, nor beneath it: whoever copies that does not take the mark along.
        return None if self.reader.kind == "simulated" or self.demonstration.seed else platformdirs.user_state_path("yibao-high-water")


def place_paths(table: dict[str, Any], folder: Path) -> None:
    """Have each relative path among the settings begin at ``folder``, which is that of their file."""
    for section, key in _PATHS:
        value = table[section].get(key) if isinstance(table.get(section), dict) else None
        if isinstance(value, str) and value and table[section].get("kind") not in _NO_PATH:
            table[section][key] = str(folder.absolute() / value)


def _read(path: Path) -> dict[str, Any]:
    try:
        # Editors on Windows put a byte order mark at the head.
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise SettingsMissing(file=str(path)) from error
    except OSError as error:
        raise SettingsUnreadable(file=str(path), reason=error.strerror or type(error).__name__) from error
    except UnicodeDecodeError as error:
        raise SettingsUnreadable(file=str(path), reason="UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.match(str(error))
        reason, line = (place["reason"], place["line"] or "—") if place else (str(error), "—")
        raise SettingsNotToml(file=str(path), line=line, reason=reason) from error
    except (ValueError, RecursionError) as error:
        # A number of thousands of digits, a thousand brackets: no syntax fault for the parser, and no settings either.
        raise SettingsNotToml(file=str(path), line="—", reason=str(error)) from error


def _explained(model: type[BaseModel], error: ErrorDetails, path: Path) -> SettingUnknown | SettingAbsent | SettingRefused:
    """Turn one validation error into the operator's words."""
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return SettingUnknown(file=str(path), key=key, known=", ".join(_known_keys(model, error["loc"][:-1])))
    if error["type"] == "missing":
        return SettingAbsent(file=str(path), key=key)
    why_zh, why_en = WHYS.get(error["type"], (error["msg"], error["msg"]))
    limits = error.get("ctx", {})
    return SettingRefused(
        file=str(path), key=key, value=_shown(error["input"]), why_zh=why_zh.format_map(limits), why_en=why_en.format_map(limits)
    )


def _known_keys(model: type[BaseModel], section: Sequence[int | str]) -> list[str]:
    for part in section:
        inner = model.model_fields[str(part)].annotation
        assert isinstance(inner, type)
        assert issubclass(inner, BaseModel)
        model = inner
    return sorted(model.model_fields)


def _shown(value: object) -> str:
    """Show a scalar as it stands in the file, and of a section only that it is one: it may hold more than the fault."""
    return repr(value) if isinstance(value, str | int | float) else "[…]"
