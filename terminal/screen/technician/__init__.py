"""The technician's side of the till: what was settled, how, and what is still owed. It reads; nothing here writes a record."""
