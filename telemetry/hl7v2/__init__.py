"""HL7 v2: what bedside monitors and gateways send, from bytes to numerics. Pure but for `listener`.

    mllp      frames of a stream, messages of a file        charset  MSH-18 and bytes to text
    syntax    segments, fields, components, escapes         values   times, numbers, units, codes
    read      ORU^R01 and IHE PCD-01 to observations, PCD-04 alarms as statements; all patient-free
    answer    ACK and NAK                                   listener MLLP over TCP

Why not the `hl7` package, which the tests use as the other side: it takes 3.5 ms for a message of
7.5 KB, its unescaping multiplies by a number of the sender's (``\\.sp999999999\\``), and it logs
texts of fields, which may be a patient's. Both agree on every field of real messages
(tests/contract/hl7v2).
"""
