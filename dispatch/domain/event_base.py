"""What every event is; apart from `events` so that events may stand in several files."""

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event"):
    """Base of all events; past tense."""
