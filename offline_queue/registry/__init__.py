"""The registry: departments, doctors and fee classes of a registration desk, one plain SQLite file beside the journal.

Built whole by an import and only read by the desk. This side is light: nothing here loads SQLAlchemy, pydantic or the pinyin
tables; those that build a registry (:mod:`offline_queue.registry.building`) may.
"""

from offline_queue.registry.offer import Department, Fee, HalfDay, Offer, half_day_of, lines_of
from offline_queue.registry.registry import NAME, Registry

__all__ = ["NAME", "Department", "Fee", "HalfDay", "Offer", "Registry", "half_day_of", "lines_of"]
