"""The roll of a half-day as principals and homeroom teachers are told it: figures, and of no pupil a name."""

from datetime import datetime

from sqlalchemy.orm import Session

from cloud.accounts.access import Right
from cloud.attendance.register.month_queries import Tally, class_tallies
from cloud.attendance.register.queries import policy_of
from cloud.attendance.roll_report.events import RollReported
from cloud.kit.clock import school_time
from cloud.kit.i18n import Language, one_decimal
from cloud.notifications.preferences import Urgency
from cloud.notifications.staff.readers import homeroom_teachers, running_school
from cloud.notifications.staff.texts import CLASS_FIGURES, SCHOOL_RATES, language_of, staff_text
from cloud.notifications.telling import Occasion, StaffTelling
from cloud.people.access import classes_for
from cloud.school.queries import school_names

NONE = {"vi": "không có", "en": "none"}
NOT_KNOWN = {"vi": "chưa rõ", "en": "not known"}


def class_figures(session: Session, payload: str, now: datetime) -> list[StaffTelling]:
    event = RollReported.model_validate_json(payload)
    if not _still_so(event, now):
        return []
    tallies = class_tallies(session, event.school_id, event.day)
    tellings = []
    for reader, own in homeroom_teachers(session, event.school_id, event.class_ids, now):
        tally = tallies.get((own.id, event.half), Tally())
        text = staff_text(reader.locale, CLASS_FIGURES, class_name=own.name, time=_clock(now), **_figures(tally))
        occasion = _occasion(CLASS_FIGURES, event, own.id.hex, f"/classes/{own.id}/overview")
        tellings.append(StaffTelling(occasion, reader.user_id, text))
    return tellings


def school_rates(session: Session, payload: str, now: datetime) -> list[StaffTelling]:
    """Each of them those classes that are theirs to see, as far as they have begun."""
    event = RollReported.model_validate_json(payload)
    if not _still_so(event, now):
        return []
    tallies = class_tallies(session, event.school_id, event.day)
    limit = policy_of(session, event.school_id).low_percent
    _, slug = school_names(session, event.school_id)
    tellings = []
    for reader in running_school(session, event.school_id, now):
        seen = classes_for(session, reader, Right.SEE_ATTENDANCE)
        found = [(one.name, tallies.get((one.id, event.half), Tally())) for one in seen if one.id in event.class_ids]
        if found:
            language = language_of(reader.locale)
            whole = sum((tally for _, tally in found), start=Tally())
            low = [f"{name} ({_percent(tally, language)} %)" for name, tally in found if tally.is_below(limit)]
            text = staff_text(
                reader.locale, SCHOOL_RATES, time=_clock(now), rate=_percent(whole, language), low=limit,
                classes=", ".join(low) or NONE[language], **_figures(whole),
            )  # fmt: skip
            whole_school = event.school_id in reader.schools_where(Right.SEE_WHOLE)
            page = "attendance" if whole_school else "desk"
            occasion = _occasion(SCHOOL_RATES, event, event.school_id.hex, f"/schools/{slug}/{page}")
            tellings.append(StaffTelling(occasion, reader.user_id, text))
    return tellings


def _still_so(event: RollReported, now: datetime) -> bool:
    """A report of the morning that a worker finds hours later is none any more."""
    return (now - event.at).total_seconds() < 2 * 3600


def _occasion(kind: str, event: RollReported, of: str, path: str) -> Occasion:
    return Occasion(
        kind, Urgency.ROUTINE, event.school_id, None, event.day, event.at, about=f"{of}{event.half}", path=path
    )


def _figures(tally: Tally) -> dict[str, int]:
    return {
        "present": tally.present, "late": tally.late, "permitted": tally.permitted, "open": tally.open,
        "not_permitted": tally.not_permitted, "all": tally.all,
    }  # fmt: skip


def _percent(tally: Tally, language: str) -> str:
    return NOT_KNOWN[language] if tally.rate is None else one_decimal(tally.rate, Language(language))


def _clock(now: datetime) -> str:
    return f"{school_time(now):%H:%M}"
