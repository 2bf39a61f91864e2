"""The log of a till or a sender: one JSON object per line, in files that rotate, never on the screen.

A log helps to find a fault; nothing is decided by it. It holds codes, message ids and outcomes. Personal numbers
are masked by their form and personal fields by their name, an exception goes in without the values that it met,
and a control character never reaches the file as such. A log that cannot be written gives way: settling goes on.
"""

from __future__ import annotations

import json
import logging
import os
import re
import threading
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Literal, Protocol

from typing_extensions import override

from config.clock import CHINA
from settlement.errors import OperatorError

LogName = Literal["till", "sender", "commands"]
FOLDER = "logs"
MASK = "***"
_ROOT = "yibao"
_TEXT_MAX = 500
_FRAMES_MAX = 40
_PERSONAL = frozenset(
    {"certno", "psn_cert_no", "mdtrt_cert_no", "psn_no", "psn_name", "card_no", "card_sn", "pin", "tel", "addr", "brdy", "balc"}
)
"""Fields that are masked whatever they hold."""
_LONG = re.compile(r"[\dA-Za-z]*\d{15}[\dA-Za-z]*")
_KEPT = re.compile(r"[A-Z][0-9]{29}|[0-9a-f]{64}")
"""A message id and a SHA-256 are the long numbers that say nothing of a person."""
_SHORT = re.compile(r"(?<![0-9A-Za-z])(?:1[3-9]\d{9}|\d{9}|[0-9A-F]{32})(?![0-9A-Za-z])")
"""Mobile number, card number, 卡识别码."""
_CUT = re.compile(r"(?<![\dA-Za-z])[\dA-Za-z]{1,64}$|\d+$")
_HAN = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
_CONTROL = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")

logging.getLogger(_ROOT).setLevel(logging.INFO)
# Without a file an event goes nowhere: logging's own last resort would write it over the screen.
logging.getLogger(_ROOT).addHandler(logging.NullHandler())


class Size(Protocol):
    """How large a log may become: the section ``[log]`` of the settings."""

    @property
    def file_bytes(self) -> int:
        """Bytes at which a new file begins."""

    @property
    def files(self) -> int:
        """Files that are kept, the current one included."""


class Events:
    """What one part of a process says to the log; nothing happens while no file is open."""

    def __init__(self, part: str) -> None:
        self._logger = logging.getLogger(f"{_ROOT}.{part}")

    def write(self, event: str, **fields: str | int | None) -> None:
        """Write one event: a fixed word, and codes, ids or counts as its fields."""
        self._logger.info(event, extra={"fields": fields})

    def failed(self, event: str, error: BaseException) -> None:
        """Write an exception with the places it passed, and without the values that stood there."""
        self._logger.error(event, exc_info=(type(error), error, error.__traceback__))


@contextmanager
def opened(directory: Path, name: LogName, size: Size) -> Iterator[None]:
    """Write what happens in this process to ``logs/<name>.log`` of the data directory, warnings of libraries and dying threads too."""
    try:
        file = _RotatingLog(directory, name, size)
    except OSError:
        # A full disk or a folder of somebody else: ``yibao doctor`` says so.
        yield
        return
    root, hook = logging.getLogger(), threading.excepthook
    root.addHandler(file)
    logging.captureWarnings(capture=True)
    threading.excepthook = _thread_died
    try:
        yield
    finally:
        threading.excepthook = hook
        logging.captureWarnings(capture=False)
        root.removeHandler(file)
        with suppress(OSError):
            file.close()


def masked(text: str) -> str:
    """Return ``text`` without what has the form of a person's number."""
    return _SHORT.sub(MASK, _LONG.sub(lambda found: found[0] if _KEPT.fullmatch(found[0]) else MASK, text))


def described(error: BaseException) -> list[dict[str, Any]]:
    """Return an exception and its causes, the last first: kind, words and places, none of the values.

    The words of an exception that is not ours may quote what it choked on: one line of them, masked, without Chinese.
    """
    chain: list[dict[str, Any]] = []
    at: BaseException | None = error
    while at is not None and len(chain) < _FRAMES_MAX:
        frames = [_place(frame.f_code, line) for frame, line in traceback.walk_tb(at.__traceback__)]
        chain.append({"kind": type(at).__qualname__, "words": _words(at), "places": frames[-_FRAMES_MAX:]})
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
    return chain


class _RotatingLog(RotatingFileHandler):
    """Files for their owner only."""

    def __init__(self, directory: Path, name: LogName, size: Size) -> None:
        folder = directory / FOLDER
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        super().__init__(folder / f"{name}.log", maxBytes=size.file_bytes, backupCount=size.files - 1, encoding="utf-8")
        self.setFormatter(_JsonLine())

    @override
    def _open(self) -> Any:
        return open(self.baseFilename, self.mode, encoding=self.encoding, opener=_private)

    @override
    def handleError(self, record: logging.LogRecord) -> None:
        """Let the log give way; the one of the standard library would write to the screen."""


class _JsonLine(logging.Formatter):
    @override
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, CHINA).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "process": record.process,
            "thread": record.threadName,
            "log": record.name.removeprefix(f"{_ROOT}."),
            "event": _text(record.getMessage()) if record.name.startswith(_ROOT) else _foreign(record.getMessage()),
            **_fields(getattr(record, "fields", {})),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = described(record.exc_info[1])
        return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(line, ensure_ascii=False))


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: MASK if name in _PERSONAL else _value(value) for name, value in fields.items()}


def _value(value: object) -> str | int | None:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if masked(str(value)) == str(value) else MASK
    return _text(value) if isinstance(value, str) else type(value).__name__


def _text(text: str) -> str:
    if len(text) > 4 * _TEXT_MAX:
        # Cut before it is searched, and never inside a number: half of one has no form by which it is known.
        text = _CUT.sub("", text[: 4 * _TEXT_MAX])
    return masked(text)[:_TEXT_MAX]


def _foreign(text: str) -> str:
    """Return the first line of what is not our own wording: a name in it has no form, but it is Chinese."""
    return _HAN.sub(MASK, _text(text.partition("\n")[0]))


def _words(error: BaseException) -> str:
    return error.code if isinstance(error, OperatorError) else _foreign(str(error))


def _place(code: Any, line: int) -> str:  # noqa: ANN401 - a code object
    parts = Path(code.co_filename).parts
    return f"{'/'.join(parts[-3:])}:{line} {code.co_qualname}"


def _thread_died(hook: threading.ExceptHookArgs) -> None:
    if hook.exc_value is not None and not isinstance(hook.exc_value, SystemExit):
        Events("thread").failed("thread died", hook.exc_value)
