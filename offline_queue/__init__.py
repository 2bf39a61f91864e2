"""What the counter remembers and sends: journal, fold, outbox, replicas, the sender."""
