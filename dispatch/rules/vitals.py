"""The fields that many rules share. The ranges are those of the NEMSIS 3.5.1 elements (2023): what
lies outside cannot be meant at all. Whether a value inside is believed is `plausibility`'s answer.
"""

from typing import Final

from dispatch.rules.model import Field, Rule

RESP_RATE: Final = Field(
    name="rr", kind="number", unit="/min", meaning="respiratory rate", lowest=0, highest=300
)
SPO2: Final = Field(
    name="spo2", kind="number", unit="%", meaning="pulse oximetry", lowest=0, highest=100
)
SYSTOLIC: Final = Field(
    name="sbp", kind="number", unit="mmHg", meaning="systolic pressure", lowest=0, highest=500
)
DIASTOLIC: Final = Field(
    name="dbp", kind="number", unit="mmHg", meaning="diastolic pressure", lowest=0, highest=500
)
HEART_RATE: Final = Field(
    name="hr",
    kind="number",
    unit="/min",
    meaning="heart or pulse rate",
    aliases=("pulse",),
    lowest=0,
    highest=500,
)
TEMPERATURE: Final = Field(
    name="temp", kind="number", unit="Cel", meaning="body temperature", lowest=0, highest=50
)


def field_of(rule: Rule, name: str) -> Field:
    """The field of ``rule`` with this name; raises KeyError."""
    for field in rule.fields:
        if field.name == name:
            return field
    raise KeyError(name)
