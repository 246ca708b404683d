"""The chaos run: real processes, every fault of the data plane, and a history that is checked.

    python -m tests.chaos --quick            about four minutes; writes nothing but the verdict
    python -m tests.chaos --full --report docs/evidence/telemetry.md

Monitors of this program speak to real vehicle gateways and remember every sample that a gateway
said it had stored. Faults are injected between the gateways, the broker, the server and the
database, each one verified to have happened. When everything is quiet again the database is read
and compared with what the monitors remember. Not here: what the parts do in each fault in detail
(tests/integration) and faults of the dispatch core (tests/faults).
"""
