"""One headless till as a process that is talked to: its questions are answered by the script."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Message = dict[str, Any]
Reply = str | Callable[[Message], str]

_ALWAYS: dict[str, Reply] = {"Quoted": "settle", "DifferenceShown": "agree", "SelfPayOffered": "cash", "Proposed": "settle"}


class TillDied(Exception):
    """The till process ended in the middle of a conversation."""


class Unscripted(Exception):
    """The till asked what the script has no answer for."""


@dataclass(slots=True)
class Outcome:
    """What one command came to."""

    end: Message
    said: list[Message] = field(default_factory=list)

    @property
    def slips(self) -> list[str]:
        """The slips that were printed."""
        return [message["slip"] for message in self.said if "slip" in message]

    @property
    def told(self) -> list[str]:
        """The codes of what was refused or went wrong."""
        return [message["tell"] for message in self.said if "tell" in message]

    @property
    def asked(self) -> list[str]:
        """The questions, in order."""
        return [message["ask"] for message in self.said if "ask" in message]


class Till:
    """A ``yibao headless`` process."""

    def __init__(self, command: list[str], *, cwd: Path | None = None) -> None:
        self._command = command
        self._cwd = cwd
        self._process = self._start()

    def open(self, *, replies: dict[str, Reply] | None = None) -> Outcome:
        """Wait until the till is open; what it says first is what it found unfinished."""
        return self._until_end(replies or {}, [])

    def run(self, command: Message, *, pins: tuple[str, ...] = (), replies: dict[str, Reply] | None = None) -> Outcome:
        """Give one command and answer its questions.

        A reply is a word of :class:`terminal.person.Answer`, or a function of the question that returns one
        (and may do something first: put the card back, cut the line).
        """
        self._write(json.dumps(command, ensure_ascii=False))
        return self._until_end({**_ALWAYS, **(replies or {})}, list(pins))

    def kill(self) -> None:
        """Kill the process as a power cut would."""
        self._process.kill()
        self._process.wait()

    def restart(self, *, replies: dict[str, Reply] | None = None) -> Outcome:
        """Start the same till again and open it."""
        self._hang_up()
        self._process = self._start()
        return self.open(replies=replies)

    def close(self) -> None:
        """End the conversation; a till that still runs ends with it."""
        self._hang_up()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.kill()

    def _hang_up(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=self._cwd)

    def _until_end(self, replies: dict[str, Reply], pins: list[str]) -> Outcome:
        said: list[Message] = []
        while True:
            message = self._read()
            if "end" in message:
                return Outcome(message, said)
            said.append(message)
            if message.get("ask") == "pin":
                self._write(pins.pop(0) if pins else "")
            elif "ask" in message:
                reply = replies.get(message["ask"])
                if reply is None:
                    raise Unscripted([*said][-3:])
                self._write(json.dumps({"answer": reply if isinstance(reply, str) else reply(message)}))

    def _write(self, line: str) -> None:
        stdin = self._process.stdin
        assert stdin is not None
        try:
            stdin.write(line.encode() + b"\n")
            stdin.flush()
        except BrokenPipeError as gone:
            raise TillDied from gone

    def _read(self) -> Message:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise TillDied
        message: Message = json.loads(line)
        return message
