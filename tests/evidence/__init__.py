"""Figures that take longer than a benchmark: each module writes one page of docs/evidence."""
