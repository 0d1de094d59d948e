"""School years and subjects of an import taken in, and noted as those that somebody typed are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.accounts import audit_queries as audit
from cloud.people.exchange.calendar import SubjectRow, YearRow
from cloud.school.calendar.changing import changing
from cloud.school.calendar.setup import open_year
from cloud.school.timetable.queries import add_subject


@dataclass(frozen=True, slots=True)
class Noted:
    """For the log of changes, which one transaction at a time may write: when everything else is done."""

    action: str
    subject: UUID
    facts: Mapping[str, str]


def take_in_calendar(
    session: Session, school_id: UUID, years: Iterable[YearRow], subjects: Iterable[SubjectRow], *, now: datetime
) -> list[Noted]:
    """Days that have begun are planned anew and their classes told of: the dry run has said that they would be.
    Raises Refused for a year that cannot be."""
    noted = []
    for year in years:
        with changing(session, school_id, year.span, now=now, sure=True) as change:
            year_id = open_year(session, school_id, year.name, year.span, [one.span for one in year.terms])
        facts = {"name": year.name, "first": str(year.span.first), "last": str(year.span.last),
                 "begun_days": str(len(change.days))}  # fmt: skip
        noted.append(Noted("calendar.year_opened", year_id, facts))
    for one in subjects:
        subject_id = add_subject(session, school_id, one.code, one.name)
        noted.append(Noted("subject.kept", subject_id, {"code": one.code, "name": one.name}))
    return noted


def note(session: Session, school_id: UUID, noted: Iterable[Noted], *, by: UUID | None, now: datetime) -> None:
    for one in noted:
        audit.note(session, school_id, by, one.action, one.subject, one.facts, now=now)
