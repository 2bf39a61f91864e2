"""The journal: one encrypted, append-only, hash-chained SQLite file for each till."""

from offline_queue.journal.journal import Journal
from offline_queue.journal.values import (
    Committed,
    CounterIdentity,
    DueRow,
    Enquiry,
    EnquiryAnswer,
    Entry,
    Record,
    SenderStatus,
)

__all__ = ["Committed", "CounterIdentity", "DueRow", "Enquiry", "EnquiryAnswer", "Entry", "Journal", "Record", "SenderStatus"]
