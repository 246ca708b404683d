"""The randomised campaign: thirty minutes of a county under seeded faults, everything checked.

`python -m tests.campaign --seeds 2000`; what is claimed and what is not stands in `checks.py`.
"""
