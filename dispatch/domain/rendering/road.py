"""Closures and slow zones as documents."""

from dispatch.domain import documents as d
from dispatch.domain.world import ClosureRecord


def closure_doc(closure: ClosureRecord) -> d.ClosureDoc:
    """A closure as it was drawn; whether it counts now is the screen's clock to say."""
    return d.ClosureDoc(
        id=closure.closure_id,
        closure_kind=closure.kind,  # type: ignore[arg-type]
        factor=closure.factor,
        outline=list(closure.outline),
        reason=closure.reason,
        from_at=closure.from_at,
        until_at=closure.until_at,
        drawn_at=closure.drawn_at,
        drawn_by=closure.drawn_by,
    )
