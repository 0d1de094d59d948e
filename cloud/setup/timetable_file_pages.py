"""Timetables as Excel: taken out by whoever works at the school, taken in by whoever may change them."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, UploadFile
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from cloud.accounts import audit_queries as audit
from cloud.accounts.access import Right
from cloud.accounts.visitor import SignedIn
from cloud.kit.clock import school_day
from cloud.kit.errors import NotFound, Refused
from cloud.kit.i18n import marked, whole_date
from cloud.kit.web.files import file_answer
from cloud.kit.web.forms import AskedDay, Typed
from cloud.kit.web.service import service
from cloud.school.access import OwnSchool, school_for, workplace_for
from cloud.school.timetable import queries as timetable
from cloud.school.timetable import setup_queries as timetables
from cloud.school.timetable.setup_queries import Assignment
from cloud.setup import timetable_excel
from cloud.setup.timetable_edit_pages import Report, edit_page
from cloud.setup.timetable_excel import Read
from cloud.setup.timetables import Whole, in_force, own_timetable, whole

router = APIRouter(include_in_schema=False)

SHOWN = 40
"""Cells that were left out, by name; beyond that their number."""


@router.get("/schools/{slug}/timetable.xlsx")
def take_present(request: Request, visitor: SignedIn, slug: str, day: AskedDay = None) -> Response:
    """The one that holds. Raises NotFound where none does."""
    with service(request).database.reading() as session:
        school = workplace_for(session, visitor.actor, slug)
        known = in_force(timetables.timetables(session, school.id), day or school_day(service(request).clock()))
        if known is None:
            raise NotFound("No timetable holds.")
        table = whole(session, school.id, known)
    return _file(school, table)


@router.get("/schools/{slug}/timetables/{timetable_id}/week.xlsx")
def take(request: Request, visitor: SignedIn, slug: str, timetable_id: UUID) -> Response:
    with service(request).database.reading() as session:
        school = school_for(session, visitor.actor, slug, Right.MANAGE_CALENDAR)
        table = whole(session, school.id, own_timetable(session, school.id, timetable_id))
    return _file(school, table)


@router.post("/schools/{slug}/timetables/{timetable_id}/import")
def take_in(
    request: Request,
    visitor: SignedIn,
    slug: str,
    timetable_id: UUID,
    file: UploadFile | None = None,
    sure: Annotated[bool, Form()] = False,
) -> Response:
    """The good part is kept; the answer names each cell that was not. Lessons go only when that is confirmed."""
    kit, form = service(request), Typed()
    content = file.file.read() if file else b""
    try:
        with kit.database.writing() as session:
            school = school_for(session, visitor.actor, slug, Right.MANAGE_CALENDAR)
            table = whole(session, school.id, own_timetable(session, school.id, timetable_id))
            assigned = timetables.assignments(session, school.id, table.known.term_id)
            read = timetable_excel.read(content, table, assigned)
            named = {one.name: one.id for one in table.classes}
            lost = _lost(session, table, read, assigned)
            if lost and not sure:
                says = marked(
                    "%(lessons)s lessons of %(classes)s would be gone: choose the file again and tick the box"
                )
                form.complain("file", says, lessons=str(lost.total()), classes=", ".join(sorted(lost)))
            form.require()
            timetables.clear_class(session, timetable_id, [named[name] for name in read.classes])
            timetable.add_lessons(session, timetable_id, read.placed)
            facts = {
                "classes": ", ".join(read.classes), "lessons": str(len(read.placed)),
                "left_out": str(len(read.left_out)), "gone": str(lost.total()),
            }  # fmt: skip
            by = visitor.actor.user_id
            audit.note(session, school.id, by, "timetable.imported", timetable_id, facts, now=kit.clock())
    except Refused as error:
        form.problems = list(error.problems)
        return edit_page(request, visitor, slug, timetable_id, None, form)
    report = Report(len(read.placed), read.classes, read.left_out[:SHOWN], len(read.left_out))
    return edit_page(request, visitor, slug, timetable_id, None, form, report=report)


def _lost(session: Session, table: Whole, read: Read, assigned: Sequence[Assignment]) -> Counter[str]:
    """How many lessons of each class in the file are in it no more, whatever their room."""
    names = {one.id: one.name for one in table.classes}
    classes = {one.id: names[one.class_id] for one in assigned}
    stay = {lesson[:4] for lesson in read.placed}
    gone = [classes[one[0]] for _, one in timetables.placed(session, table.known.id) if one[:4] not in stay]
    return Counter(name for name in gone if name in read.classes)


def _file(school: OwnSchool, table: Whole) -> Response:
    title = f"THỜI KHÓA BIỂU {school.name}, từ {whole_date(table.known.valid_from)}"
    return file_answer(timetable_excel.write(table, title), f"timetable-{school.slug}-{table.known.valid_from}.xlsx")
