"""The till's screens: they render states and hold no rule. What is decided stands in ``settlement``."""
