"""`decide(world, command, context) -> events`: the one place where yes and no are said.

Pure. It runs under the log's lock on the true latest world; what it returns becomes history. Raises
`Refused` with a stable code; a refusal changes nothing. The answers stand by area in `deciding`.
"""

from dispatch.domain import commands as c
from dispatch.domain import events as e
from dispatch.domain.deciding import (
    calls,
    closures,
    ecgs,
    hospital,
    patients,
    units,
    vital_alarms,
)
from dispatch.domain.deciding.registry import DECISIONS, Context
from dispatch.domain.permissions import authorise
from dispatch.domain.world import World

ROOMS = (calls, closures, ecgs, hospital, patients, units, vital_alarms)
"""Importing a room registers its decisions."""


def decide(world: World, command: c.Command, context: Context) -> list[e.Event]:
    """Return the events of a command on this world, or raise ``Refused``."""
    authorise(world, command, context.actor)
    return DECISIONS[type(command)](world, command, context)
