"""The ways to a centre."""
