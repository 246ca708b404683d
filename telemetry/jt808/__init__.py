"""JT/T 808: the protocol of Chinese vehicle terminals, from bytes to fixes, and the session.

    frame     escapes, checksum, framing of a stream        header   who speaks, of what
    location  the 28 bytes of 0x0200 and its items           items*   the additional items by id
    messages  every other message                            decode   one frame in, `Decoded` out
    session   the server's side of a connection, as a state machine      listener   its TCP shell

Sources: JT/T 808-2011, -2013, -2019; JT/T 1078-2016 (video alarms); T/JSATL 12-2017 (0x64 to 0x67);
for what the makers of trackers added, public protocol descriptions and captured frames.
Everything but `listener` is pure. Not here: who a unit is (the list of enrolled terminals is given)
and whether a fix can be true (`telemetry.position`).
"""
