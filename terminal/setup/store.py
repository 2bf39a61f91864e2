"""The settings file under the set-up: read, checked as the till will check it, and replaced in one step or not at all."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from offline_queue import operating_system
from settlement.errors import SettingsError
from terminal.setup.errors import SettingsChangedMeanwhile, SettingsUnwritable

if TYPE_CHECKING:
    from config.settings import Settings
    from config.settings_text import Leaf
    from settlement.errors import OperatorError

_JOURNAL = "journal.db"


class SettingsStore:
    """The settings file of one data directory, as it was when it was read."""

    def __init__(self, directory: Path, content: bytes | None) -> None:
        self.directory = directory
        self.path = _path(directory)
        self._content = content

    @classmethod
    def read(cls, directory: Path) -> Self:
        """Read the file, which need not be there. Raises :class:`~settlement.errors.SettingsError` when it is there and is no TOML."""
        path = _path(directory)
        try:
            content = path.read_bytes()
            tomllib.loads(content.decode("utf-8-sig"))
        except FileNotFoundError:
            return cls(directory, None)
        except (OSError, ValueError, RecursionError):
            # What is wrong with it says the same check as at the start of a till.
            from config.settings import Settings  # noqa: PLC0415 - heavy, and needed in this case only

            Settings.load(path)
            raise
        return cls(directory, content)

    @property
    def text(self) -> str | None:
        """The text of the file, None when there is none."""
        return None if self._content is None else self._content.decode("utf-8-sig")

    def faults(self, table: dict[str, Any]) -> Mapping[Leaf, OperatorError]:
        """Return what is wrong with the content of a settings file, by setting; what concerns several stands under their section."""
        from config.settings import Settings  # noqa: PLC0415 - loads pydantic, which the first frame does without

        return {tuple(key.split(".")): error for key, error in Settings.faults(table, self.path).items()}

    def write(self, text: str) -> None:
        """Put ``text`` in place of the file, readable by its owner only, once it has been loaded as settings.

        Until then the file stays as it is, whatever happens. Raises :class:`~settlement.errors.SettingsError`, and
        :class:`~settlement.errors.JournalError` when the journal beside it belongs to another counter.
        """
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            target = self.path.resolve()
            fresh = target.with_name(f"{target.name}.setup")
            try:
                self._lay(fresh, text, target)
                self._check(fresh)
                if _content(target) != self._content:
                    raise SettingsChangedMeanwhile(file=str(self.path))
                operating_system.move(fresh, target)
            finally:
                fresh.unlink(missing_ok=True)
        except OSError as error:
            raise SettingsUnwritable(file=str(self.path), reason=error.strerror or type(error).__name__) from error
        self._content = text.encode()

    @staticmethod
    def _lay(fresh: Path, text: str, target: Path) -> None:
        operating_system.make_private(fresh)
        fresh.write_bytes(text.encode())
        beside = target if target.exists() else target.parent
        owner = beside.stat()
        if (owner.st_uid, owner.st_gid) != (os.geteuid(), os.getegid()):
            # Set up as root, the file belongs to whom the counter runs as; who may not give it away keeps it.
            with suppress(PermissionError):
                os.chown(fresh, owner.st_uid, owner.st_gid)
        operating_system.flush_file(fresh)

    def _check(self, fresh: Path) -> None:
        from config.settings import Settings  # noqa: PLC0415 - as above

        try:
            settings = Settings.load(fresh)
        except SettingsError as error:
            raise type(error)(**{**error.details, "file": str(self.path)}) from error
        self._check_journal(settings)

    def _check_journal(self, settings: Settings) -> None:
        """Refuse another institution or till than that of the journal that lies beside the file."""
        if not (self.directory / _JOURNAL).exists():
            return
        from config.clock import SystemClock  # noqa: PLC0415 - needed once, and the journal loads SQLAlchemy
        from config.entropy import SystemEntropy  # noqa: PLC0415 - see above
        from offline_queue.journal import CounterIdentity, Journal  # noqa: PLC0415 - see above
        from offline_queue.journal.errors import NotThisCounter  # noqa: PLC0415 - see above
        from settlement.errors import JournalError  # noqa: PLC0415 - see above

        counter = CounterIdentity(fixmedins_code=settings.counter.fixmedins_code, till=settings.counter.till)
        try:
            Journal(self.directory, role="reader", clock=SystemClock(), entropy=SystemEntropy(), counter=counter).close()
        except NotThisCounter:
            raise
        except JournalError:
            # What else may be wrong with the journal is nothing that settings can mend; the doctor says it.
            return


def _path(directory: Path) -> Path:
    return directory / "settings.toml"


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
