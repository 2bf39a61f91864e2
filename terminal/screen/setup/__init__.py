"""The set-up of a counter on the screen: five steps, each of which may be skipped, and one file at the end."""
