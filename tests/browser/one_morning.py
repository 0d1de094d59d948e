"""The made-up school on a Monday at a quarter past seven: most are here, a unit is in trouble, one pupil in doubt."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID, uuid4

from argon2.profiles import CHEAPEST
from sqlalchemy import select

from cloud.accounts.passwords import Passwords
from cloud.attendance import schedule
from cloud.attendance.ingest import ingest
from cloud.attendance.reading import Delivery
from cloud.demo.seed import seed_demo
from cloud.devices.queries import add_device, record_heartbeat
from cloud.kit.db import Database
from cloud.people.queries import person_ref
from cloud.people.tables import Student
from cloud.school.queries import school_by_slug
from edge.contract import CameraState, Heartbeat, Outcome, Sighting
from tests.cloud.pages.people import Hand
from tests.cloud.small_school import MORNING, WINDOW, batch, sighting

NOW = MORNING + timedelta(minutes=9)
ARRIVED = 0.7
"""Of the pupils, at NOW."""
UNITS = {"cong-chinh": "Cổng chính", "cong-sau": "Cổng sau", "nha-an": "Nhà ăn"}


@dataclass(frozen=True, slots=True)
class Scene:
    passwords: dict[str, str]
    """By log-in name."""
    slug: str
    child_id: UUID
    """The pupil whom parent1 sees: just arrived. Whom parent2 waits for did not come yet."""
    class_id: UUID
    """Of that pupil."""


def set_the_scene(database: Database, clock: Hand) -> Scene:
    random = Random(7)
    clock.now = NOW - timedelta(days=21)
    seeded = seed_demo(database, ["Nguyễn Thị Ánh Nguyệt"], Passwords(CHEAPEST), clock, lambda _: None)
    with database.writing() as session:
        school_id = school_by_slug(session, seeded.school)
        assert school_id
        for device_id, name in UNITS.items():
            add_device(session, device_id=device_id, school_id=school_id, name=name, token_hash="0" * 64)
        awaited = seeded.logins[2].child
        class_id = session.get_one(Student, UUID(seeded.persons[0].person)).class_id
        pupils = list(session.scalars(select(Student.id).where(Student.full_name != awaited).order_by(Student.code)))
    child = UUID(seeded.persons[0].person)
    seqs = {device: iter(range(1, 10_000)) for device in UNITS}

    def report(device: str, *seen: Sighting) -> None:
        for start in range(0, len(seen), 100):
            delivery = Delivery(device, batch(*seen[start : start + 100], device=device))
            ingest(database, [delivery], clock=clock, window=WINDOW)

    def at(device: str, moment: datetime, student_id: UUID) -> Sighting:
        return sighting(next(seqs[device]), person_ref(student_id), at=moment)

    for ago in (12, 11, 10, 7, 6, 4, 3):
        came = MORNING - timedelta(days=ago) + timedelta(minutes=random.randint(-12, 9))
        clock.now = came + timedelta(hours=10)
        report(
            "cong-chinh", at("cong-chinh", came, child), at("cong-chinh", came + timedelta(hours=9, minutes=19), child)
        )
    others = [one for one in pupils if one != child]
    random.shuffle(others)
    here = others[: int(len(others) * ARRIVED)]
    moments = sorted(NOW - timedelta(seconds=random.triangular(15, 3300, 600)) for _ in here)
    clock.now = NOW - timedelta(seconds=12)
    for device, share in (("cong-chinh", slice(0, None, 4)), ("cong-chinh", slice(1, None, 4)),
                          ("cong-chinh", slice(2, None, 4)), ("cong-sau", slice(3, None, 4))):  # fmt: skip
        report(device, *(at(device, moment, one) for moment, one in zip(moments[share], here[share], strict=True)))
    in_doubt = {"outcome": Outcome.ASK, "candidates": tuple(person_ref(one) for one in others[-2:])}
    report("cong-chinh", sighting(next(seqs["cong-chinh"]), at=NOW - timedelta(minutes=2), **in_doubt))
    report("cong-sau", sighting(next(seqs["cong-sau"]), str(uuid4()), at=NOW - timedelta(minutes=3)))
    ingest(database, [Delivery("cong-sau", b'{"v": 1}')], clock=clock, window=WINDOW)
    clock.now = NOW - timedelta(seconds=4)
    report("cong-chinh", at("cong-chinh", clock.now, child))
    with database.writing() as session:
        record_heartbeat(session, _beat("cong-chinh", backlog=0), now=NOW - timedelta(seconds=9))
        in_trouble = _beat("cong-sau", backlog=37, clock_trusted=False, camera=CameraState.LOST)
        record_heartbeat(session, in_trouble, now=NOW - timedelta(minutes=6))
    clock.now = NOW
    schedule.refresh(database, school_id, NOW)
    return Scene({one.login: one.password for one in seeded.logins}, seeded.school, child, class_id)


def _beat(device: str, *, backlog: int, clock_trusted: bool = True, camera: CameraState = CameraState.OK) -> Heartbeat:
    return Heartbeat(
        device=device, session=uuid4(), sent_at=NOW, software="0.1.0", clock_trusted=clock_trusted, uptime_s=7200,
        backlog=backlog, camera=camera, frames_per_s=14.8,
    )  # fmt: skip
