"""Words that nobody writes by chance, in everything that is kept of a pupil, a class or a school: where one turns up,
so has something of theirs."""

import zipfile
from collections.abc import Mapping
from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import Column, String, Table, select, update
from sqlalchemy.orm import Session

from cloud.attendance.register.tables import AttendanceMark
from cloud.kit.db import Base
from cloud.notifications.tables import Message
from cloud.people.tables import Guardian, Guardianship, Student, StudentRecord, StudentStep
from cloud.school.tables import School, SchoolClass
from tests.cloud.pages.crowd import Things
from tests.cloud.pages.people import House
from tests.cloud.schoolhouse import YEAR
from tests.cloud.small_school import MORNING

WORDS = frozenset({
    "full_name", "search_name", "display_name", "to_name", "code", "note", "reason", "body", "body_en", "subject_en",
    "title", "diet", "dish", "dishes", "comment", "wish", "other_school", "alt", "file_name",
})  # fmt: skip
"""Columns in which people write what they like."""
OF_ONE_TABLE = frozenset({"notice.subject", "message.subject", "collect_permit.name", "calendar_rule.name"})
"""The same, where other tables call something else so."""
KEPT = frozenset({"student_step", "consent_decision"})
"""Where the database lets nobody change a row."""
SHORTEST = 40
"""A shorter one is a choice among ours."""
STAFFS = frozenset({"guardian", "invitation", "set_aside", "import_draft", "post"})
"""Of a school, and nothing for its families: the guardian is of no pupil, the post is not approved."""


BORN = date(2013, 3, 31)
"""All of them; on no other day does anything happen."""


def canary(owner: str) -> str:
    return f"zq{owner.replace(' ', '')}qz".lower()


def kept_in(table: str) -> str:
    """The word in each text of that table, whosever it is."""
    return f"zk{table.replace('_', '')}kz"


def mark(house: House, things: Things) -> dict[str, tuple[str, ...]]:
    """What to look for, by whose it is: a pupil's (`lan`), a class's (`9Z`), a school's (`b`), its staff's
    (`b staff`)."""
    with house.database.writing() as session:
        owners = Owners(session, things)
        numbers = {owner: f"3{number:02d}616161" for number, owner in enumerate(sorted(set(owners.pupils.values())))}
        _write_more(session, owners.pupils, numbers)
        for table in Base.metadata.sorted_tables:
            words = [column for column in table.columns if _is_free(table, column) and table.name not in KEPT]
            for row in session.execute(select(table)).mappings().all():
                if words and (owner := owners.of(table, row)):
                    # What may be there only once in a school is told apart.
                    words_of = f"{canary(owner)} {kept_in(table.name)} {str(row['id'])[-6:]}"
                    values = {one.name: words_of for one in words}
                    session.execute(update(table).where(table.c.id == row["id"]).values(values))
        for guardian in session.scalars(select(Guardian)).all():
            if owner := owners.guardians.get(guardian.id):
                guardian.phone, guardian.email = f"84{numbers[owner]}", f"{canary(owner)}@example.vn"
    return {owner: (canary(owner), *filter(None, [numbers.get(owner)])) for owner in owners.found}


class Owners:
    def __init__(self, session: Session, things: Things) -> None:
        named = {UUID(thing["student_id"]): name for name, thing in things.items() if "student_id" in thing}
        self._classes = {one.id: one.name for one in session.scalars(select(SchoolClass))}
        self._schools = {one.id: one.slug for one in session.scalars(select(School))}
        self._rows: dict[UUID, str] = {}
        self.pupils = {
            one.id: named.get(one.id, f"of {self._classes[one.class_id]}") for one in session.scalars(select(Student))
        }
        self.guardians = {one.guardian_id: self.pupils[one.student_id] for one in session.scalars(select(Guardianship))}
        self.found: set[str] = set()

    def of(self, table: Table, row: Mapping[Any, Any]) -> str | None:
        own = {"student": self.pupils, "guardian": self.guardians}
        owner = own.get(table.name, {}).get(row["id"])
        for column, owners in (("student_id", self.pupils), ("child_id", self.pupils), ("thread_id", self._rows),
                               ("request_id", self._rows), ("class_id", self._classes)):  # fmt: skip
            owner = owner or owners.get(row.get(column))
        if owner is None and (owner := self._schools.get(row.get("school_id"))) and table.name in STAFFS:
            owner = f"{owner} staff"
        if owner:
            self._rows[row["id"]] = owner
            self.found.add(owner)
        return owner


def _is_free(table: Table, column: Column[Any]) -> bool:
    kind = column.type
    named = column.name in WORDS or f"{table.name}.{column.name}" in OF_ONE_TABLE
    return named and "id" in table.c and isinstance(kind, String) and (kind.length or SHORTEST) >= SHORTEST


def _write_more(session: Session, pupils: Mapping[UUID, str], numbers: Mapping[str, str]) -> None:
    """What crowd.py leaves out: records, steps, marks and messages."""
    for student in session.scalars(select(Student)).all():
        owner = pupils[student.id]
        student.personal_id, student.birth_date = f"079{numbers[owner]}", BORN
        record, step = (f"{canary(owner)} {kept_in(table)}" for table in ("student_record", "student_step"))
        session.add(StudentRecord(student_id=student.id, details={"address": record}))
        session.add(
            StudentStep(
                student_id=student.id, day=YEAR.first, to_class_id=student.class_id, reason=step, other_school=step,
                at=MORNING,
            )
        )  # fmt: skip
        of_pupil = select(Guardian).join(Guardianship).where(Guardianship.student_id == student.id)
        by = session.scalars(of_pupil.where(Guardian.user_id.is_not(None))).first()
        if by is None:
            continue
        session.add(
            AttendanceMark(
                school_id=student.school_id, student_id=student.id, day=MORNING.date(), half="morning",
                presence="present", late_minutes=0, left_early_minutes=0, reason="", by=by.user_id, at=MORNING,
            )
        )  # fmt: skip
        session.add(
            Message(
                school_id=student.school_id, guardian_id=by.id, student_id=student.id, channel="email", kind="arrived",
                subject="", body="", dedupe_key=str(student.id), happened_at=MORNING, state="sent",
                next_attempt_at=MORNING, queued_at=MORNING, sent_at=MORNING,
            )
        )  # fmt: skip
    session.flush()


def told(answer: httpx.Response) -> str:
    """All that it says, its headers too, without spaces, as numbers are written with some; also what stands in a zip,
    as Excel's files do."""
    parts = [str(answer.headers).encode(), answer.content]
    if answer.content.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(answer.content)) as packed:
            parts += [packed.read(name) for name in packed.namelist()]
    return "".join(b"\n".join(parts).decode(errors="replace").lower().split())
