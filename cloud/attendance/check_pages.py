"""What the nightly check found, who nears the 45 half-days, and how the school judges attendance."""

from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts import audit_queries as audit
from cloud.accounts.access import Right
from cloud.accounts.visitor import SignedIn, Visitor
from cloud.attendance.register import check_queries, checking, queries, warnings
from cloud.attendance.register.check_queries import Check, Finding
from cloud.attendance.register.checking import Kind, Short, read_short
from cloud.attendance.register.counting import LIMIT
from cloud.attendance.register.facts import Policy
from cloud.attendance.register.words import HALVES, PRESENCES
from cloud.attendance.roll_report.queries import time_of
from cloud.kit.clock import school_day
from cloud.kit.errors import Invalid, NotFound
from cloud.kit.i18n import Said, marked, said_by
from cloud.kit.web.forms import Posted, Typed
from cloud.kit.web.service import service
from cloud.people.access import Pupil, pupils_among
from cloud.school.access import OwnSchool, school_for, workplace_for
from cloud.school.calendar.facts import HalfDay
from cloud.school.calendar.queries import year_span
from cloud.school.frame import Group, Place, staff_page

router = APIRouter(include_in_schema=False)

PLACES = (
    Place(marked("Many absences"), "/schools/{slug}/absences", Right.SEE_ATTENDANCE, Group.TODAY),
    Place(marked("Check of the register"), "/schools/{slug}/register-check", Right.SEE_WHOLE, Group.TODAY, whole=True),
)
MENDED_SHOWN = timedelta(days=14)
CHECKS_SHOWN = 14
KINDS: dict[str, str] = {
    Kind.DIFFERED: marked("was kept otherwise than the facts say, and was mended"),
    Kind.DAY_DIFFERED: marked("the times at the gate were kept otherwise than they were reported, and were mended"),
    Kind.LOST_WORD: marked("a person's correction is kept, but the correction itself is gone: please say it again"),
    Kind.IN_DOUBT: marked("the day ended in doubt: please decide"),
}


@dataclass(frozen=True, slots=True)
class FindingLine:
    finding: Finding
    pupil: Pupil

    @property
    def half(self) -> HalfDay | None:
        return HalfDay(self.finding.half) if self.finding.half else None

    @property
    def kept(self) -> Short | None:
        return read_short(self.finding.kept)

    @property
    def follows(self) -> Short | None:
        return read_short(self.finding.follows)


@dataclass(frozen=True, slots=True)
class CheckView:
    school: OwnSchool
    checks: tuple[Check, ...]
    open: tuple[FindingLine, ...]
    mended: tuple[FindingLine, ...]
    policy: Policy
    form: Typed
    """Rules, or a time, that could not be taken."""
    told_at: time
    """When staff are told of the roll."""
    may_keep: bool
    refused: Said

    @property
    def presences(self) -> dict[str, str]:
        return PRESENCES

    @property
    def kinds(self) -> dict[str, str]:
        return KINDS

    @property
    def halves(self) -> dict[HalfDay, str]:
        return HALVES

    @property
    def figures(self) -> str:
        return ", ".join(str(one) for one in self.policy.warn_at)


@dataclass(frozen=True, slots=True)
class AbsenceLine:
    pupil: Pupil
    days: int

    @property
    def left(self) -> int:
        return LIMIT - self.days


@dataclass(frozen=True, slots=True)
class AbsencesView:
    school: OwnSchool
    lines: tuple[AbsenceLine, ...]
    warn_from: int
    limit: int = LIMIT


@router.get("/schools/{slug}/register-check")
def show_check(request: Request, visitor: SignedIn, slug: str) -> Response:
    return show_again(request, visitor, slug)


@router.post("/schools/{slug}/register-check/{finding_id}")
def settle(request: Request, visitor: SignedIn, slug: str, finding_id: UUID) -> Response:
    kit = service(request)
    with kit.database.writing() as session:
        school = school_for(session, visitor.actor, slug, Right.KEEP_ATTENDANCE)
        checking.settle(session, visitor.actor, school.id, finding_id, kit.clock())
    return RedirectResponse(f"/schools/{slug}/register-check", 303)


@router.post("/schools/{slug}/attendance-rules")
def set_rules(
    request: Request,
    visitor: SignedIn,
    slug: str,
    form: Posted,
) -> Response:
    """Days that have been judged are judged anew only where something else changes about them."""
    kit = service(request)
    with kit.database.reading() as session:
        school = school_for(session, visitor.actor, slug, Right.KEEP_ATTENDANCE)
        held = queries.policy_of(session, school.id)
        by_class, by_school = held.hold_back_class_percent, held.hold_back_school_percent
        policy = replace(
            held,
            grace_minutes=form.number("grace_minutes", 0, 60),
            absent_after_minutes=form.number("absent_after_minutes", 0, 180),
            hold_back_class_percent=form.number("hold_back_class_percent", 1, 100, otherwise=by_class),
            hold_back_school_percent=form.number("hold_back_school_percent", 1, 100, otherwise=by_school),
            low_percent=form.number("low_percent", 1, 100, otherwise=held.low_percent),
            warn_at=form.read("warn_at", warnings.read_figures) or (),
            stays_over_midday=form.ticked("stays_over_midday"),
        )
    try:
        form.require()
        with kit.database.writing() as session:
            queries.set_policy(session, school.id, policy)
            facts = {
                "grace": str(policy.grace_minutes),
                "absent_after": str(policy.absent_after_minutes),
                "warn_at": ", ".join(str(one) for one in policy.warn_at),
                "hold_back": f"{policy.hold_back_class_percent}/{policy.hold_back_school_percent}",
                "low": str(policy.low_percent),
            }
            audit.note(session, school.id, visitor.actor.user_id, "attendance.rules_set", "", facts, now=kit.clock())
    except Invalid as error:
        return show_again(request, visitor, slug, refused=error, form=form)
    return RedirectResponse(f"/schools/{slug}/register-check", 303)


@router.get("/schools/{slug}/absences")
def show_absences(request: Request, visitor: SignedIn, slug: str) -> Response:
    """Who has come near the limit, of the pupils whose attendance the reader sees; the most absent first."""
    today = school_day(service(request).clock())
    with service(request).database.reading() as session:
        school = workplace_for(session, visitor.actor, slug)
        here = visitor.actor.within(school.id)
        if not here.holds(Right.SEE_ATTENDANCE, school.id):
            raise NotFound("No such page, or not one for you.")
        year = year_span(session, school.id, today)
        warn_from = min(queries.policy_of(session, school.id).warn_at, default=LIMIT)
        absent = check_queries.days_absent(session, school.id, year, at_least=warn_from) if year else {}
        pupils = pupils_among(session, here, absent, Right.SEE_ATTENDANCE)
    lines = sorted((AbsenceLine(one, absent[one.id]) for one in pupils), key=lambda line: -line.days)
    view = AbsencesView(school, tuple(lines), warn_from)
    return staff_page(request, "attendance/absences.html", view, visitor.actor, school)


def show_again(
    request: Request,
    visitor: Visitor,
    slug: str,
    *,
    refused: Invalid | None = None,
    form: Typed | None = None,
) -> Response:
    """With what was refused of a form."""
    since: date = school_day(service(request).clock()) - MENDED_SHOWN
    with service(request).database.reading() as session:
        school = school_for(session, visitor.actor, slug)
        found = check_queries.findings(session, school.id, since)
        pupils = pupils_among(
            session, visitor.actor.within(school.id), {one.student_id for one in found}, Right.SEE_ATTENDANCE
        )
        by_id = {one.id: one for one in pupils}
        lines = [FindingLine(one, by_id[one.student_id]) for one in found if one.student_id in by_id]
        view = CheckView(
            school=school,
            checks=tuple(check_queries.checks(session, school.id, CHECKS_SHOWN)),
            open=tuple(line for line in lines if not line.finding.settled),
            mended=tuple(line for line in lines if line.finding.settled and line.finding.kind != Kind.IN_DOUBT),
            policy=queries.policy_of(session, school.id),
            form=form or Typed(),
            told_at=time_of(session, school.id),
            may_keep=school.id in visitor.actor.schools_where(Right.KEEP_ATTENDANCE),
            refused=said_by(refused),
        )
    status = refused.status if refused else 200
    return staff_page(request, "attendance/check.html", view, visitor.actor, school, status=status)
