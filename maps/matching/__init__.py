"""Which road a vehicle is really on: map matching of traces and of live fixes, pure.

`model` holds the policy and the probabilities, `chain` the layers that both kinds of matching walk,
`viterbi` whole traces, `live` one unit fix by fix, `ways` what was driven between two matches,
`datum` the suspicion that a device names the wrong datum, `trace` the reader of trace files.
"""
