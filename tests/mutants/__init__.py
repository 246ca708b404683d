"""Mutation tests of the rules that decide most; `python -m tests.mutants`, see `__main__`."""
