"""Measurements, run by `make bench`: never part of the tests, never a timed unit test."""
