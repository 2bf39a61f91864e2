"""Settings and region packs: what differs from counter to counter and from area to area."""
