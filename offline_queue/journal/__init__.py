"""The journal: one encrypted, append-only, hash-chained SQLite file for each till.

Its names load when they are asked for: who only reads the key, or the log beside the journal, never loads SQLAlchemy or pydantic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from offline_queue.journal.journal import Journal
    from offline_queue.journal.values import (
        Committed,
        CounterIdentity,
        DueRow,
        Enquiry,
        EnquiryAnswer,
        Entry,
        Record,
        Restored,
        SenderStatus,
    )

__all__ = ["Committed", "CounterIdentity", "DueRow", "Enquiry", "EnquiryAnswer", "Entry", "Journal", "Record", "Restored", "SenderStatus"]


def __getattr__(name: str) -> object:
    if name == "Journal":
        from offline_queue.journal.journal import Journal  # noqa: PLC0415 - see above

        return Journal
    if name in __all__:
        from offline_queue.journal import values  # noqa: PLC0415 - see above

        return getattr(values, name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
