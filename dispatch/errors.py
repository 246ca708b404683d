"""The three families of errors; anything else is a bug.

    GreenlaneError
    ├── Refused      no to a person: a stable code and parameters, put into words by the screen
    ├── BadPayload   a device or a peer sent what the contract does not allow: counted, quarantined
    └── Unavailable  a dependency did not answer: retry or degrade; the outcome may be unknown

A leaf: it imports nothing of Greenlane and every package may use it (docs/adr/0002).
"""


class GreenlaneError(Exception):
    """Base of the three families; never raised itself."""


class Refused(GreenlaneError):
    """The command is understood and the answer is no.

    ``code`` is stable and is the translation key of the screens; ``params`` fill its blanks.
    """

    def __init__(self, code: str, **params: str | float | None) -> None:
        self.code = code
        self.params = params
        words = ", ".join(f"{key}={value}" for key, value in params.items())
        super().__init__(f"{code} ({words})" if words else code)


class BadPayload(GreenlaneError):
    """A message that breaks its contract; ``reason`` is a code, ``detail`` names the place."""

    def __init__(self, reason: str, detail: str) -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(f"{reason}: {detail}")


class Unavailable(GreenlaneError):
    """A dependency failed; a write that ended so has an unknown outcome, never a failed one."""

    def __init__(self, dependency: str, detail: str) -> None:
        self.dependency = dependency
        self.detail = detail
        super().__init__(f"{dependency}: {detail}")
