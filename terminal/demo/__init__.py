"""A scripted day: real processes, simulated devices, one seed. ``yibao demo`` plays it."""
