"""Alarms on streamed vital signs: limits by age and pregnancy, and the engine that raises them.

Greenlane is a distributed information system, not the primary alarm: the monitor beside the patient
is. What is here repeats, at a distance and with its age, what a person must not overlook.
"""
