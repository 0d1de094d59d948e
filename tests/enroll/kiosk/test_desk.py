"""A member of staff at the kiosk, before the real service: offline and back, asked, undone, consent lost."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from uuid import UUID

import numpy as np
import pytest
from sqlalchemy import select

from cloud.biometrics.consent import Said, record
from cloud.biometrics.queries.siblings import siblings_of
from cloud.biometrics.queries.templates import template_count
from cloud.biometrics.rules import Answer, How, Party
from cloud.people.tables import Guardianship
from edge.errors import Rejected, Unavailable
from edge.vision.pipeline import Pipeline
from enroll.kiosk.desk import Bench, Desk
from enroll.kiosk.waiting import State, Waiting
from enroll.service import SchoolService, SignedOut, View
from tests.cloud.biometrics.family import NOW, STAFF
from tests.cloud.pages.people import PASSWORD
from tests.enroll.importing.school import LOGIN, WITHOUT_CONSENT, Schools, open_schools

FACE = np.random.default_rng(7).normal(size=128).astype(np.float32)
OTHER_FACE = FACE + 1.0
NEAR = 0.5


@dataclass
class Hands:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def schools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Schools]:
    slugs = ["offline", "alike", "undo", "lost", "asked"]
    with open_schools(tmp_path_factory.mktemp("schools"), slugs, ["an", "binh"]) as schools:
        yield schools


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def desk(schools: Schools, hands: Hands, tmp_path: Path) -> Iterator[Desk]:
    bench = Bench(
        pipeline=cast(Pipeline, None),  # nobody is before the camera here: test_guide.py
        threshold=NEAR,
        same_person=NEAR,
        waiting=Waiting(tmp_path),
        views=3,
        undo_s=300.0,
        monotonic=hands,
        clock=lambda: NOW,
    )
    service = SchoolService(schools.url)
    service.sign_in(LOGIN, PASSWORD)
    yield Desk(bench, service, service.roll())
    service.close()


def photograph(desk: Desk, pupil: UUID, face: np.ndarray = FACE) -> None:
    capture = desk.begin(str(pupil))
    capture.views += [View("m", 0.9, face + 0.001 * number) for number in range(3)]


def views(schools: Schools, pupil: UUID) -> int:
    with schools.database.reading() as session:
        return template_count(session, pupil)


def withdraw(schools: Schools, pupil: UUID) -> None:
    with schools.database.writing() as session:
        guardian = session.scalars(select(Guardianship.guardian_id).where(Guardianship.student_id == pupil)).first()
        said = Said(pupil, Party.GUARDIAN, guardian, Answer.WITHDRAWN, How.IN_PERSON, 1, "vi", NOW, None)
        record(session, said, recorded_by=STAFF, now=NOW)


class Cut:
    """The network's cable."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, service: SchoolService) -> None:
        self._patch, self._service = monkeypatch, service

    def __enter__(self) -> None:
        def no_line(*_: object, **__: object) -> None:
            raise Unavailable("no connection")

        self._whole = self._service._request
        self._patch.setattr(self._service, "_request", no_line)

    def __exit__(self, *_: object) -> None:
        self._patch.setattr(self._service, "_request", self._whole)


def test_what_was_taken_offline_waits_and_is_sent_when_the_line_is_back(
    desk: Desk, schools: Schools, monkeypatch: pytest.MonkeyPatch
) -> None:
    an = schools.pupils["offline"]["HS-an"]
    with Cut(monkeypatch, desk.service):
        photograph(desk, an)
        assert desk.compare() is None
        assert desk.save(decided=False, siblings=[]) == State.WAITING
        assert not desk.online
        desk.refresh()
        assert desk.roll.classes, "the last roll stays"
    assert views(schools, an) == 0
    assert desk.send()
    assert (views(schools, an), desk.bench.waiting.all()[0], desk.online) == (3, [], True)


def test_consent_is_asked_again_when_it_is_sent_and_without_it_nothing_is_left(
    desk: Desk, schools: Schools, monkeypatch: pytest.MonkeyPatch
) -> None:
    an = schools.pupils["lost"]["HS-an"]
    with Cut(monkeypatch, desk.service):
        photograph(desk, an)
        desk.save(decided=False, siblings=[])
    withdraw(schools, an)
    desk.send()
    assert desk.became[str(an)] == "no_consent"
    assert (views(schools, an), desk.bench.waiting.all()) == (0, ([], []))


def test_look_alikes_are_asked_about_before_and_held_when_nobody_could_be_asked(
    desk: Desk, schools: Schools, monkeypatch: pytest.MonkeyPatch
) -> None:
    an, binh = schools.pupils["alike"]["HS-an"], schools.pupils["alike"]["HS-binh"]
    photograph(desk, an)
    assert desk.compare() == []
    assert desk.save(decided=False, siblings=[]) == "sent"
    photograph(desk, binh, FACE + 0.01)
    assert [one.id for one in desk.compare() or []] == [str(an)]
    assert desk.save(decided=False, siblings=[]) == State.HELD
    (held,) = desk.bench.waiting.all()[0]
    assert [one.name for one in held.look_alikes] == ["Nguyễn Thị an"]
    assert views(schools, binh) == 0
    desk.send()
    assert views(schools, binh) == 0, "held until a person has said so"
    desk.decide(str(binh), keep=True, siblings=[str(an)])
    assert views(schools, binh) == 3
    with schools.database.reading() as session:
        assert siblings_of(session, an) == {binh}
    photograph(desk, an)
    assert desk.compare() == [], "siblings are no question any more"


def test_undo_within_its_minutes_leaves_nothing_wherever_it_was(
    desk: Desk, schools: Schools, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    an, binh = schools.pupils["undo"]["HS-an"], schools.pupils["undo"]["HS-binh"]
    photograph(desk, an)
    assert desk.save(decided=True, siblings=[]) == "sent"
    desk.undo(str(an))
    assert views(schools, an) == 0
    with Cut(monkeypatch, desk.service):
        photograph(desk, binh, OTHER_FACE)
        desk.save(decided=True, siblings=[])
        desk.undo(str(binh))
    desk.send()
    assert views(schools, binh) == 0
    photograph(desk, an)
    desk.save(decided=True, siblings=[])
    hands.now += 301
    with pytest.raises(Rejected, match="too long ago"):
        desk.undo(str(an))
    assert views(schools, an) == 3


def test_whoever_has_not_agreed_is_not_looked_at(desk: Desk, schools: Schools) -> None:
    with pytest.raises(Rejected, match="no consent"):
        desk.begin(str(schools.pupils["asked"][WITHOUT_CONSENT]))
    with pytest.raises(Rejected, match="choose a pupil"):
        desk.save(decided=False, siblings=[])


def test_an_ended_session_keeps_what_was_taken(desk: Desk, schools: Schools) -> None:
    an = schools.pupils["asked"]["HS-an"]
    photograph(desk, an)
    desk.service._request("POST", "/logout")
    assert desk.save(decided=True, siblings=[]) == State.WAITING
    assert not desk.signed_in
    with pytest.raises(SignedOut):
        desk.service.sign_in(LOGIN, "something else")
    desk.service.sign_in(LOGIN, PASSWORD)
    desk.send()
    assert (views(schools, an), desk.signed_in) == (3, True)
