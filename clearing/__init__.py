"""The reference centre: ASGI API, double-entry ledger, hotlist, its own command line."""
