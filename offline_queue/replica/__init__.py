"""What the replicas beside the journal share: tables that a person exports, and the files that are built of them and swapped whole.

The catalogue (:mod:`offline_queue.catalogue`) and the registry (:mod:`offline_queue.registry`) are made of it.
"""
