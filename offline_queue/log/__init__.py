"""The log: what a technician searches. A file beside the journal that follows from it and loses nothing when it is deleted.

Reading it loads neither SQLAlchemy, pydantic nor the journal (:mod:`offline_queue.log.reading`); keeping it up to date does
(:mod:`offline_queue.log.following`).
"""
