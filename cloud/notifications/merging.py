"""Two guardians were one person: what was sent to the one was sent to the other."""

from sqlalchemy.orm import Session

from cloud.kit.outbox import each
from cloud.notifications import merging_queries
from cloud.people.events import Merged


@each
def on_merged(session: Session, payload: str) -> None:
    """The outbox's handler of people's MERGED."""
    event = Merged.model_validate_json(payload)
    merging_queries.hand_over(session, event.gone, event.kept)
