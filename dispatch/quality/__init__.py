"""How well the county does, from its own time stamps: intervals, standards, completeness. Pure.

Nothing is decided here while a patient is under way; the log is read afterwards. A stamp that is
missing, or that a clock out of step makes impossible, is counted and never filled in.

Not here: times of a centre's pathway such as first contact to wire (`dispatch.triage`).
"""
