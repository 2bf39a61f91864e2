"""The screen of ``yibao versus``: two counters under the same faults, and what each does to the money."""
