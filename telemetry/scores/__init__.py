"""Early-warning scores and the other bedside scores: pure functions over plain values.

One score a file, its table in the docstring, its source and year beside every number. Missing is
never zero: a score with a parameter missing has no total but a lower bound, says what is missing,
and acts on the lower bound already. Which score is for whom: `telemetry.scores.whom`.

Not here: which samples are fit to be scored (`telemetry.window`, `telemetry.plausibility`), the
level over time (`telemetry.level`), and the rules' register (`dispatch.rules`).
"""
