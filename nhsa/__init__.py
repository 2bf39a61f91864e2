"""The national interface as data: envelope, transactions, code sets, msgid, tolerant readers."""
