"""Advice to people: which unit to send, what it must carry, where the others wait.

    one incident     needs ─▶ units ─▶ shapes            what the screens show and the log keeps
    all together     situation ─▶ gates, costs ─▶ assign ─▶ engine ─▶ answer (change, words)
    several units    escalation                          roles, no unit twice, first response
    standby          dmexclp (one unit), mexclp (a plan), compliance (on paper), slots (move-up)
    hospitals        load                                the line at the door, everybody counted

`policies` holds the numbers of a county and the ladder P0 to P5. Pure: travel times, ages and
positions come in as values. Choosing a destination is `hospital_gateway`; the decision itself is a
command, checked by `dispatch.domain`.
"""
