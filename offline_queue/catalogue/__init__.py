"""The goods catalogue: one plain SQLite file beside the journal, built whole by an import and only read by the till.

Goods are public and nobody is named, so the file has no key. This side is light: nothing here loads SQLAlchemy,
pydantic or the pinyin tables; those that build a catalogue (:mod:`offline_queue.catalogue.building`) may.
"""

from offline_queue.catalogue.catalogue import FIND_MAX, NAME, Catalogue
from offline_queue.catalogue.item import Item, line_of

__all__ = ["FIND_MAX", "NAME", "Catalogue", "Item", "line_of"]
