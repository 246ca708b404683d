"""What happens to the roads: closures and slow zones."""

from dispatch.domain import events as e
from dispatch.domain.folding.registry import folds
from dispatch.domain.world import ClosureRecord, Draft


@folds(e.ClosureDrawn)
def _drawn(draft: Draft, event: e.ClosureDrawn, envelope: e.Envelope) -> None:
    record = ClosureRecord(
        closure_id=event.closure_id,
        kind=event.kind,
        factor=event.factor,
        outline=event.outline,
        reason=event.reason,
        from_at=event.from_at,
        until_at=event.until_at,
        drawn_at=envelope.occurred_at,
        drawn_by=envelope.actor.name,
    )
    draft.put("closures", event.closure_id, record)


@folds(e.ClosureLifted)
def _lifted(draft: Draft, event: e.ClosureLifted, envelope: e.Envelope) -> None:
    draft.drop("closures", event.closure_id)
