"""Two guardians were one person: what the one said of a pupil's face is what the other said."""

from sqlalchemy.orm import Session

from cloud.biometrics.queries import consent as queries
from cloud.biometrics.tables import ConsentDecision
from cloud.kit.clock import Clock
from cloud.kit.outbox import Handler, each
from cloud.people.events import Merged


def on_merged(clock: Clock) -> Handler:
    """The outbox's handler of people's MERGED: answers are never changed, so the later one is written down anew."""

    @each
    def handle(session: Session, payload: str) -> None:
        event = Merged.model_validate_json(payload)
        own = queries.latest_by(session, event.kept)
        for student_id, said in queries.latest_by(session, event.gone).items():
            guardians = queries.guardians_of(session, student_id)
            later = student_id not in own or own[student_id].decided_at < said.decided_at
            if later and event.kept in guardians:
                copied = ConsentDecision(
                    student_id=student_id, number=queries.next_number(session, student_id), party=said.party,
                    guardian_id=event.kept, guardian_name=guardians[event.kept], answer=said.answer, how=said.how,
                    wording_version=said.wording_version, wording_language=said.wording_language,
                    wording_sha256=said.wording_sha256, scan_id=said.scan_id, decided_at=said.decided_at,
                    recorded_at=clock(), recorded_by=said.recorded_by,
                )  # fmt: skip
                queries.add_decision(session, copied)

    return handle
