"""The decisions: money, bill, policy, split, explanation, the checkout and reversal protocols.

Pure: no I/O, clock, randomness or logging. Time and identifiers come from outside as arguments.
"""
