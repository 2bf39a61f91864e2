"""Simulated twins of what a counter plugs in: LD/T card, PSAM, reader, network faults."""
