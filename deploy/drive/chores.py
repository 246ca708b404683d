"""What an actor means to do, and when: a person sees something, takes a moment, then acts.

An actor decides anew at each look, from documents alone. A chore is a name for one intention
("acknowledge pre-alert X"); the first time it comes up a delay is drawn for it, by the seed, and
from then on `ready` tells whether the moment has come. Documents, not chores, say what is done: a
chore that is still wanted after a refusal comes up again after a pause.
"""

from collections import OrderedDict
from collections.abc import Callable

from deploy.drive import limits
from deploy.drive.chance import chance


class Chores:
    """The intentions of one actor; ``clock`` is a monotonic clock in seconds."""

    def __init__(self, seed: int, actor: str, clock: Callable[[], float]) -> None:
        self._seed = seed
        self._actor = actor
        self._clock = clock
        self._due_at: OrderedDict[tuple[str, ...], float] = OrderedDict()

    def ready(self, *key: str, after_s: tuple[float, float]) -> bool:
        """Whether the moment for this chore has come; True at most once per REFUSED_PAUSE_S.

        ``after_s`` bounds the wall seconds between the first sight and the act.
        """
        now = self._clock()
        due_at = self._due_at.get(key)
        if due_at is None:
            delay_s = chance(self._seed, self._actor, *key).uniform(*after_s)
            due_at = self._due_at[key] = now + delay_s
            if len(self._due_at) > limits.CHORES_MAX:
                self._due_at.popitem(last=False)
        if now < due_at:
            return False
        self._due_at[key] = now + limits.REFUSED_PAUSE_S
        return True

    def chosen(self, *key: str, share: float) -> bool:
        """Whether this one is among a ``share`` (0..1) of its kind; the same answer each time."""
        return chance(self._seed, self._actor, "chosen", *key).random() < share
