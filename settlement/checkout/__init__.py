"""The checkout: states, events, effects and the one table of transitions between them."""
