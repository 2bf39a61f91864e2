"""The sender: the one process that talks to the centre."""
