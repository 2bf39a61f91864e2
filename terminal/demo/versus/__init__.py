"""Two counters, one seed, one hostile centre: the trade's usual client beside ours, and what each does to the money."""
