"""Advice to people: which unit to send (`units`), with what it must carry (`needs`), and the forms
in which advice is shown and kept as evidence (`shapes`).

Pure: travel times and ages come in as values. Choosing a destination is `hospital_gateway`; the
decision itself is a command, checked by `dispatch.domain`.
"""
