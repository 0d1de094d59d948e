"""What an import would change. Pure: the plan that a dry run shows is the one that is carried out."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from cloud.kit.i18n import marked, phrase
from cloud.people.exchange.calendar import CalendarPlan, SubjectRow, YearRow
from cloud.people.exchange.formats import Field
from cloud.people.exchange.rows import TEMPORARY, PupilRow, Rejected, StaffRow
from cloud.people.exchange.teaching_facts import HomeroomChange, KnownStaff, TeachingChange, TeachingPlan

GUARDIAN = "guardian"
"""A difference that is no column's: another guardian."""
HAS_LEFT = frozenset({"chuyển đi", "chuyển trường", "thôi học", "bỏ học", "đã tốt nghiệp"})
"""Statuses of pupils who are no longer with the school, in small letters."""
NO_CALENDAR = CalendarPlan((), (), ())


@dataclass(frozen=True, slots=True)
class Known:
    """A pupil as the school has them now."""

    student_id: UUID
    code: str
    personal_id: str | None
    full_name: str
    birth_date: date | None
    class_name: str
    left_on: date | None
    details: tuple[tuple[Field, str], ...]
    phones: frozenset[str]
    guardian_ids: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class StaffChange:
    row: StaffRow
    staff_id: UUID | None
    """None: somebody new."""
    differences: tuple["Difference", ...]


@dataclass(frozen=True, slots=True)
class Difference:
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Changed:
    student_id: UUID
    row: PupilRow
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class NewClass:
    name: str
    grade: int


@dataclass(frozen=True, slots=True)
class ImportPlan:
    new_classes: tuple[NewClass, ...]
    new_pupils: tuple[PupilRow, ...]
    changed: tuple[Changed, ...]
    leaving: tuple[Changed, ...]
    unchanged: int
    new_guardian_phones: tuple[str, ...]
    """One guardian each, however many of the pupils share the number."""
    rejected: tuple[Rejected, ...]
    new_guardians: tuple[UUID, ...] = ()
    """Those whom a roster brings without a number."""
    staff: tuple[StaffChange, ...] = ()
    new_years: tuple[YearRow, ...] = ()
    new_subjects: tuple[SubjectRow, ...] = ()
    homerooms: tuple[HomeroomChange, ...] = ()
    teaching: tuple[TeachingChange, ...] = ()

    def with_teaching(self, taught: TeachingPlan) -> "ImportPlan":
        """Which is planned last: it may be in classes and of people that are new."""
        rejected = sorted((*self.rejected, *taught.rejected), key=lambda one: (one.file, one.number))
        return replace(self, homerooms=taught.homerooms, teaching=taught.teaching, rejected=tuple(rejected))


def plan_import(
    pupils: Iterable[PupilRow],
    rejected: Iterable[Rejected],
    known: Iterable[Known],
    class_names: frozenset[str],
    phones: frozenset[str],
    guardian_ids: frozenset[UUID] = frozenset(),
    staff: Iterable[StaffRow] = (),
    known_staff: Iterable[KnownStaff] = (),
    calendar: CalendarPlan = NO_CALENDAR,
    classes: Iterable[NewClass] = (),
) -> ImportPlan:
    """`class_names`, `phones` and `guardian_ids` are those that the school has already; `calendar` is planned;
    `classes` are there whether or not a pupil is in them."""
    by_code, by_personal_id, by_id = {}, {}, {}
    for one in known:
        by_id[one.student_id] = one
        by_code[one.code] = one
        if one.personal_id:
            by_personal_id[one.personal_id] = one
    new, changed, leaving, refused, unchanged = [], [], [], [*rejected, *calendar.rejected], 0
    for row in pupils:
        found = (by_id.get(row.student_id) if row.student_id else None) or by_code.get(row.code)
        same_person = by_personal_id.get(row.personal_id or "")
        if found and same_person and found != same_person:
            why = marked("its two ids belong to two different pupils of the school")
            refused.append(Rejected(row.number, (why,), row.file))
            continue
        if found and _is_somebody_else(found, row):
            whose = phrase(marked("its id is %(name)s's: name and personal id are another's"), name=found.full_name)
            refused.append(Rejected(row.number, (whose,), row.file))
            continue
        pupil = found or same_person
        has_left = row.detail(Field.STATUS).casefold() in HAS_LEFT
        if pupil is None:
            if has_left:
                why = marked("the status is “%(status)s”, and the school has no such pupil")
                refused.append(Rejected(row.number, (phrase(why, status=row.detail(Field.STATUS)),), row.file))
            else:
                new.append(row)
        elif has_left and pupil.left_on is None:
            leaving.append(Changed(pupil.student_id, row, (Difference("status", "", row.detail(Field.STATUS)),)))
        elif differences := tuple(_differences(pupil, row, has_left=has_left)):
            changed.append(Changed(pupil.student_id, row, differences))
        else:
            unchanged += 1
    taken = [*new, *(one.row for one in changed)]
    brought = {one for row in taken for one in row.guardians}
    grades = {one.name: one.grade for one in classes} | {row.class_name: row.grade for row in taken}
    return ImportPlan(
        new_classes=tuple(NewClass(name, grades[name]) for name in sorted(grades.keys() - class_names)),
        new_pupils=tuple(new),
        changed=tuple(changed),
        leaving=tuple(leaving),
        unchanged=unchanged,
        new_guardian_phones=tuple(
            sorted(
                {row.phone for row in taken if row.phone}.union(
                    one.phone for one in brought if one.phone and one.guardian_id not in guardian_ids
                )
                - phones
            )
        ),
        rejected=tuple(sorted(refused, key=lambda one: (one.file, one.number))),
        new_guardians=tuple(sorted({one.guardian_id for one in brought if not one.phone} - guardian_ids)),
        staff=tuple(_staff_changes(staff, known_staff)),
        new_years=calendar.new_years,
        new_subjects=calendar.new_subjects,
    )


def _is_somebody_else(pupil: Known, row: PupilRow) -> bool:
    """The second of two pupils with one id is rejected: alone in another file it must not become the first."""
    other_id = bool(row.personal_id and pupil.personal_id) and row.personal_id != pupil.personal_id
    return other_id and row.full_name != pupil.full_name


def _staff_changes(rows: Iterable[StaffRow], known: Iterable[KnownStaff]) -> Iterable[StaffChange]:
    by_id: dict[UUID | None, KnownStaff] = {}
    by_code: dict[str, KnownStaff] = {}
    for one in known:
        by_id[one.staff_id], by_code[one.code] = one, one
    for row in rows:
        found = by_id.get(row.staff_id) or by_code.get(row.code)
        if found is None:
            yield StaffChange(row, None, ())
        elif found.full_name != row.full_name:
            named = Difference(Field.FULL_NAME, found.full_name, row.full_name)
            yield StaffChange(row, found.staff_id, (named,))


def _differences(pupil: Known, row: PupilRow, *, has_left: bool) -> Iterable[Difference]:
    """What the file says differently; what it leaves empty stays as it is."""
    if not row.code.startswith(TEMPORARY) and row.code != pupil.code:
        yield Difference(Field.MINISTRY_ID, pupil.code, row.code)
    if row.personal_id and row.personal_id != pupil.personal_id:
        yield Difference(Field.PERSONAL_ID, pupil.personal_id or "", row.personal_id)
    if row.full_name != pupil.full_name:
        yield Difference(Field.FULL_NAME, pupil.full_name, row.full_name)
    if row.birth_date != pupil.birth_date:
        yield Difference(Field.BIRTH_DATE, _written(pupil.birth_date), _written(row.birth_date))
    if not has_left and (row.class_name != pupil.class_name or pupil.left_on is not None):
        yield Difference(Field.CLASS, pupil.class_name if pupil.left_on is None else "", row.class_name)
    if row.phone and row.phone not in pupil.phones:
        yield Difference(Field.CONTACT_PHONE, ", ".join(sorted(pupil.phones)), row.phone)
    for one in row.guardians:
        if one.guardian_id not in pupil.guardian_ids and (one.phone is None or one.phone not in pupil.phones):
            yield Difference(GUARDIAN, "", f"{one.full_name} {one.phone or ''}".strip())
    before = dict(pupil.details)
    for field, text in row.details:
        if field is not Field.CONTACT_PHONE and before.get(field, "") != text:
            yield Difference(field, before.get(field, ""), text)


def _written(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""
