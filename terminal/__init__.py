"""The till process: checkout drivers, cards over PC/SC, slips, command line."""
