"""Virtual time around the dispatch decisions: calls and a fleet in, one outcome a call out.

What lives here: the event kernel, keyed random numbers, travel models, the protocol a policy
answers, the published policies used as yardsticks, readers of other people's formats, closed forms
of queueing theory, and the tables and comparisons made from outcomes.

What does not: files and screens (`deploy.simulate`), and how Greenlane itself chooses
(`dispatch.recommend`, asked through `policy.Policy` like every other policy). Pure: the same town,
calls, policy and seed give the same outcome on every machine.
"""
