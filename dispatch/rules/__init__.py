"""The register of clinical rules: every rule under its name and version, with source and owner.

The rules themselves are pure functions in their rooms (`telemetry.scores`, `dispatch.triage`,
`dispatch.quality`, `hospital_gateway.destination`). A file here describes some of them to the
outside: the fields of a case, the fields of the answer, the tables as implemented, and how one
answer is said in words. `greenlane rules`, the rule page and the tests all read this.

Not here: any threshold. What counts stands where it is decided.
"""
