"""Triage as pure rules: the call, the centres' pathways, mass casualties.

One pathway a file, with the source and year beside every number; what is POLICY is a value of a
policy struct with a named owner, so that a county can set it. A missing answer never lowers
anything: a rule that cannot decide says what it needs.

Not here: scores of vital signs (`telemetry.scores`), where the patient goes
(`hospital_gateway.destination`), and the rules' register (`dispatch.rules`).
"""
