"""A longer run of the whole system with its county moving; see __main__."""
