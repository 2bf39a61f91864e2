"""Card and PSAM: the LD/T tables, the port to a slot, and the services that the checkout uses."""
