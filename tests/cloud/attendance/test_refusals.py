"""A photo held before a camera: staff see it, a parent never does, and the pupil is not called absent for it."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from cloud.attendance.ingest import ingest
from cloud.attendance.queries.doubts import Refusal, refusals_on
from cloud.attendance.queries.presence import days_of
from cloud.attendance.reading import Delivery
from cloud.kit.db import Database
from cloud.kit.outbox import OutboxEvent
from edge.contract import Liveness, Method, Outcome, Sighting
from tests.cloud.small_school import MORNING, WINDOW, SmallSchool, batch, sighting, small_school

TODAY = date(2026, 11, 16)


@pytest.fixture
def school(database: Database) -> SmallSchool:
    return small_school(database)


def report(database: Database, *sightings: Sighting, device: str = "gate-1") -> None:
    now = datetime(2026, 11, 16, 5, tzinfo=UTC)
    ingest(database, [Delivery(device, batch(*sightings, device=device))], clock=lambda: now, window=WINDOW)


def refused(seq: int, *candidates: object, **more: object) -> Sighting:
    return sighting(seq, at=MORNING, outcome=Outcome.REFUSED, candidates=tuple(map(str, candidates)), **more)


def refusals(database: Database, school: SmallSchool) -> list[Refusal]:
    with database.reading() as session:
        return sorted(refusals_on(session, school.id, TODAY), key=lambda one: one.seq)


def test_staff_see_whose_picture_or_card_was_refused_and_who_was_let_pass(
    database: Database, school: SmallSchool
) -> None:
    report(
        database,
        refused(1, school.lan, liveness=Liveness.SPOOF),
        refused(2, school.minh).model_copy(update={"method": Method.QR}),
        sighting(3, school.minh, liveness=Liveness.SPOOF),
        sighting(4, school.lan, liveness=Liveness.LIVE),
        sighting(5, school.lan, liveness=Liveness.DOUBT),
        sighting(6, school.lan),
        sighting(7, liveness=Liveness.SPOOF),
    )
    assert [(one.seq, one.method, one.counted, one.names) for one in refusals(database, school)] == [
        (1, Method.FACE, False, ("Nguyễn Thị Lan",)),
        (2, Method.QR, False, ("Trần Văn Minh",)),
        (3, Method.FACE, True, ("Trần Văn Minh",)),
    ]


def test_a_refused_face_marks_nobody_and_tells_nobody(database: Database, school: SmallSchool) -> None:
    report(database, refused(1, school.lan, liveness=Liveness.SPOOF))
    with database.reading() as session:
        assert days_of(session, [school.lan], TODAY) == {}
        assert session.scalars(select(OutboxEvent)).all() == []


def test_a_pupil_of_another_school_is_not_named_here_and_ours_not_there(
    database: Database, school: SmallSchool
) -> None:
    report(database, refused(1, school.stranger, school.lan, liveness=Liveness.SPOOF))
    report(database, refused(1, school.lan, liveness=Liveness.SPOOF), device="other-gate")
    assert [one.names for one in refusals(database, school)] == [("Nguyễn Thị Lan",)]
