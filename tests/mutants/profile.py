"""A pytest plugin for mutation runs, which run a rule's tests hundreds of times: fewer examples,
and a failure is enough, its smallest form is not looked for.
"""

from hypothesis import Phase, settings

settings.register_profile(
    "mutants",
    max_examples=25,
    deadline=None,
    database=None,
    phases=(Phase.explicit, Phase.generate),
)
settings.load_profile("mutants")
