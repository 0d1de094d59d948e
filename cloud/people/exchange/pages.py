"""Import: a file handed in, what it would change, and yes; the page from which one exports, too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, UploadFile
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts.access import Actor, Right
from cloud.accounts.visitor import SignedIn
from cloud.kit.clock import school_day
from cloud.kit.errors import Conflict, Refusal
from cloud.kit.i18n import Said, marked, said_by, say, translator
from cloud.kit.web.files import file_answer
from cloud.kit.web.service import language, service
from cloud.people.exchange import draft_queries, drafts
from cloud.people.exchange.drafts import Opened, State
from cloud.people.exchange.formats import HEADERS, PUPIL_FORMATS, Field
from cloud.people.exchange.importing import Progress
from cloud.people.exchange.planning import GUARDIAN, Changed, ImportPlan
from cloud.people.exchange.reading import MAX_BYTES
from cloud.people.exchange.running import Imports
from cloud.people.exchange.writing import write_rejected
from cloud.people.pupils.queries import classes
from cloud.people.staff.keeping import POSITIONS
from cloud.school.access import OwnSchool, school_for
from cloud.school.frame import Group, Place, staff_page

router = APIRouter(include_in_schema=False)

PLACES = (
    Place(marked("Import and export"), "/schools/{slug}/exchange", Right.MANAGE_PEOPLE, Group.PEOPLE, whole=True),
)
MAX_FORM_BYTES = MAX_BYTES + 64 * 1024
SHOWN = 100
"""Rows on a page of what an import would change."""
PARTS = {
    "rejected": marked("Rejected"),
    "new": marked("New"),
    "moved": marked("Change class"),
    "changed": marked("Changed"),
    "leaving": marked("Leave"),
    "staff": marked("Staff"),
    "years": marked("School year"),
    "subjects": marked("Subjects"),
    "homerooms": marked("Homeroom teachers"),
    "teaching": marked("Who teaches what"),
}
OF_ROSTERS = frozenset({"years", "subjects", "homerooms", "teaching"})
"""What no Excel of the ministry's brings: shown where there is something."""


@dataclass(frozen=True, slots=True)
class ExchangeView:
    school: OwnSchool
    classes: Sequence[tuple[UUID, str, int]]
    formats: Sequence[tuple[str, str]]
    """Name and sheet."""
    drafts: Sequence[tuple[UUID, str, datetime, str]]
    refused: Said


@dataclass(frozen=True, slots=True)
class DraftView:
    school: OwnSchool
    id: UUID
    file_name: str
    state: str
    outcome: Mapping[str, int]
    far: tuple[int, int] | None
    planned: ImportPlan
    digest: str
    parts: Mapping[str, str]
    sums: Mapping[str, int]
    part: str
    rows: Sequence[object]
    page: int
    pages: int
    headers: Mapping[str, str]
    positions: Mapping[str, str]
    changes: bool
    """There is something to import."""
    reaches_back: bool
    """A new school year has begun already."""
    refused: Said = ""


@router.get("/schools/{slug}/exchange")
def show_exchange(request: Request, visitor: SignedIn, slug: str) -> Response:
    return _exchange(request, visitor.actor, slug)


@router.post("/schools/{slug}/imports", max_body_size=MAX_FORM_BYTES)
def hand_in(request: Request, visitor: SignedIn, slug: str, file: UploadFile | None = None) -> Response:
    kit = service(request)
    content = file.file.read() if file is not None else b""
    name = (file.filename if file is not None else None) or ""
    try:
        with kit.database.writing() as session:
            school = school_for(session, visitor.actor, slug, Right.MANAGE_PEOPLE)
            by, secret = visitor.actor.user_id, kit.settings.secret_key
            draft_id = drafts.hand_in(session, secret, school.id, name, content, by=by, now=kit.clock())
    except Refusal as error:
        return _exchange(request, visitor.actor, slug, refused=said_by(error), status=error.status)
    return RedirectResponse(f"/schools/{slug}/imports/{draft_id}", 303)


@router.get("/schools/{slug}/imports/{draft_id}")
def show_draft(
    request: Request,
    visitor: SignedIn,
    slug: str,
    draft_id: UUID,
    part: str = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    return _draft(request, visitor.actor, slug, draft_id, part=part, page=page)


@router.post("/schools/{slug}/imports/{draft_id}")
def confirm(
    request: Request,
    visitor: SignedIn,
    slug: str,
    draft_id: UUID,
    shown: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """What was shown under `shown`, and nothing else."""
    kit, imports = service(request), request.app.state.imports
    assert isinstance(imports, Imports)
    try:
        with kit.database.writing() as session:
            school = school_for(session, visitor.actor, slug, Right.MANAGE_PEOPLE)
            drafts.begin(session, school.id, draft_id, kit.clock())
    except Conflict as error:
        return _draft(request, visitor.actor, slug, draft_id, refused=said_by(error), status=error.status)

    def work(progress: Progress) -> None:
        with kit.database.writing() as session:
            drafts.carry_out_draft(
                session, kit.settings.secret_key, school.id, draft_id, shown, by=visitor.actor.user_id,
                sets_calendar=_sets_calendar(visitor.actor, school), now=kit.clock(), progress=progress,
            )  # fmt: skip

    def failed() -> None:
        with kit.database.writing() as session:
            draft_queries.put_back(session, draft_id)

    imports.run(draft_id, work, failed)
    return RedirectResponse(f"/schools/{slug}/imports/{draft_id}", 303)


@router.post("/schools/{slug}/imports/{draft_id}/dropped")
def drop(request: Request, visitor: SignedIn, slug: str, draft_id: UUID) -> Response:
    with service(request).database.writing() as session:
        school = school_for(session, visitor.actor, slug, Right.MANAGE_PEOPLE)
        draft_queries.drop(session, school.id, draft_id)
    return RedirectResponse(f"/schools/{slug}/exchange", 303)


@router.get("/schools/{slug}/imports/{draft_id}/rejected.xlsx")
def download_rejected(request: Request, visitor: SignedIn, slug: str, draft_id: UUID) -> Response:
    kit, say_in = service(request), partial(say, words=translator(language(request)))
    with kit.database.reading() as session:
        school = school_for(session, visitor.actor, slug, Right.MANAGE_PEOPLE)
        opened = _open(request, session, visitor.actor, school, draft_id)
    return file_answer(write_rejected(opened.contents, opened.planned.rejected, say_in), f"rejected-{school.slug}.xlsx")


def _exchange(request: Request, actor: Actor, slug: str, *, refused: Said = "", status: int = 200) -> Response:
    with service(request).database.reading() as session:
        school = school_for(session, actor, slug, Right.MANAGE_PEOPLE)
        view = ExchangeView(
            school=school,
            classes=classes(session, school.id),
            formats=[(one.name, one.sheet) for one in PUPIL_FORMATS],
            drafts=draft_queries.latest(session, school.id),
            refused=refused,
        )
    return staff_page(request, "people/exchange/exchange.html", view, actor, school, status=status)


def _draft(
    request: Request,
    actor: Actor,
    slug: str,
    draft_id: UUID,
    *,
    part: str = "",
    page: int = 1,
    refused: Said = "",
    status: int = 200,
) -> Response:
    kit, _ = service(request), translator(language(request)).gettext
    with kit.database.reading() as session:
        school = school_for(session, actor, slug, Right.MANAGE_PEOPLE)
        opened = _open(request, session, actor, school, draft_id)
    by_part = _by_part(opened.planned)
    parts = {name: words for name, words in PARTS.items() if by_part[name] or name not in OF_ROSTERS}
    part = part if part in parts else next((name for name, rows in by_part.items() if rows), "new")
    pages = max(1, -(-len(by_part[part]) // SHOWN))
    page = min(page, pages)
    view = DraftView(
        school=school,
        id=draft_id,
        file_name=opened.row.file_name,
        state=opened.row.state,
        outcome=opened.row.outcome or {},
        far=request.app.state.imports.how_far(draft_id),
        planned=opened.planned,
        digest=opened.digest,
        parts=parts,
        sums={name: len(rows) for name, rows in by_part.items()},
        part=part,
        rows=by_part[part][(page - 1) * SHOWN : page * SHOWN],
        page=page,
        pages=pages,
        headers={**{field.value: header for field, header in HEADERS.items()}, GUARDIAN: _("Guardian")},
        positions=POSITIONS,
        changes=any(rows for name, rows in by_part.items() if name != "rejected") or bool(opened.planned.new_classes),
        reaches_back=any(one.span.first <= school_day(kit.clock()) for one in opened.planned.new_years),
        refused=refused,
    )
    running = opened.row.state == State.RUNNING
    template = "people/exchange/running.html" if running else "people/exchange/draft.html"
    return staff_page(request, template, view, actor, school, status=status)


def _open(request: Request, session: Session, actor: Actor, school: OwnSchool, draft_id: UUID) -> Opened:
    kit, sets_calendar = service(request), _sets_calendar(actor, school)
    secret = kit.settings.secret_key
    return drafts.open_draft(session, secret, school.id, draft_id, kit.clock(), sets_calendar=sets_calendar)


def _sets_calendar(actor: Actor, school: OwnSchool) -> bool:
    return school.id in actor.schools_where(Right.MANAGE_CALENDAR)


def _by_part(planned: ImportPlan) -> dict[str, Sequence[object]]:
    moved = [one for one in planned.changed if _moves(one)]
    changed = [one for one in planned.changed if not _moves(one)]
    return {
        "rejected": planned.rejected, "new": planned.new_pupils, "moved": moved, "changed": changed,
        "leaving": planned.leaving, "staff": planned.staff, "years": planned.new_years,
        "subjects": planned.new_subjects, "homerooms": planned.homerooms, "teaching": planned.teaching,
    }  # fmt: skip


def _moves(change: Changed) -> bool:
    return any(one.field == Field.CLASS for one in change.differences)
