"""The sheet for staff: rows read, what they would change, and the list written so that it can be read again. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from cloud.kit.i18n import Said, marked, phrase
from cloud.people.exchange.cells import Cell, text_of
from cloud.people.exchange.formats import Field
from cloud.people.exchange.planning import Difference, ImportPlan, StaffChange
from cloud.people.exchange.rows import LONGEST_NAME, Rejected, StaffRow
from cloud.people.exchange.teaching_facts import KnownStaff

LONGEST = 40
"""Letters of a number and of a position."""
WRITTEN = {
    "principal": ("Hiệu trưởng", "Principal"),
    "vice_principal": ("Phó hiệu trưởng", "Hiệu phó", "Vice-principal"),
    "homeroom_teacher": ("Giáo viên chủ nhiệm", "GVCN", "Homeroom teacher"),
    "subject_teacher": ("Giáo viên bộ môn", "Giáo viên", "GV", "GVBM", "Subject teacher", "Teacher"),
    "clerk": ("Văn thư", "Nhân viên văn thư", "Clerk"),
    "accountant": ("Kế toán", "Nhân viên kế toán", "Accountant"),
    "health": ("Nhân viên y tế", "Y tế", "Health staff"),
    "librarian": ("Nhân viên thư viện", "Thư viện", "Librarian"),
    "it": ("Phụ trách công nghệ thông tin", "Công nghệ thông tin", "CNTT", "IT officer"),
    "kitchen": ("Nhân viên nhà bếp", "Nhà bếp", "Cấp dưỡng", "Kitchen"),
    "guard": ("Bảo vệ", "Nhân viên bảo vệ", "Guard"),
}
"""How files call a position that the staff list knows, as we write it first. Any other text is kept as it is."""
_KEYS = {word.casefold(): key for key, words in WRITTEN.items() for word in words}


def read_staff_row(number: int, cells: Mapping[Field, Cell]) -> StaffRow | Rejected:
    """Everything that is wrong is said at once. `number` as Excel counts rows."""
    reasons: list[Said] = []
    full_name, code = text_of(cells.get(Field.FULL_NAME)), text_of(cells.get(Field.STAFF_CODE))
    position = text_of(cells.get(Field.POSITION))
    if not full_name:
        reasons.append(marked("the name is missing"))
    elif len(full_name) > LONGEST_NAME:
        reasons.append(phrase(marked("the name is longer than %(most)s letters"), most=LONGEST_NAME))
    if len(code) > LONGEST:
        reasons.append(phrase(marked("the staff number is longer than %(most)s letters"), most=LONGEST))
    if len(position) > LONGEST:
        reasons.append(phrase(marked("the position is longer than %(most)s letters"), most=LONGEST))
    if reasons:
        return Rejected(number, tuple(reasons))
    return StaffRow(number, None, code, full_name, _KEYS.get(position.casefold(), position))


def plan_staff(rows: Iterable[StaffRow], rejected: Iterable[Rejected], known: Sequence[KnownStaff]) -> ImportPlan:
    """Whoever is meant by the number; without one by a name that one person alone has. What a cell leaves empty stays,
    and nobody leaves by it."""
    by_code = {one.code: one for one in known}
    by_name: dict[str, list[KnownStaff]] = defaultdict(list)
    for one in known:
        by_name[one.full_name].append(one)
    refused, changes, unchanged = list(rejected), list[StaffChange](), 0
    first_with: dict[str, int] = {}
    new = list[StaffRow]()
    for row in rows:
        alike = by_name[row.full_name] if not row.code else []
        found = by_code.get(row.code) if row.code else next(iter(alike), None)
        who = found.code if found else row.code or row.full_name
        if len(alike) > 1:
            refused.append(Rejected(row.number, (marked("several people have this name: write the staff number"),)))
        elif who in first_with:
            again = phrase(marked("the same person as row %(number)s"), number=first_with[who])
            refused.append(Rejected(row.number, (again,)))
        elif found is None:
            first_with[who] = row.number
            new.append(row)
        elif found.left_on is not None:
            refused.append(Rejected(row.number, (marked("has left: let them work here again on the staff list"),)))
        else:
            first_with[who] = row.number
            if differences := tuple(_differences(found, row)):
                changes.append(StaffChange(row, found.staff_id, differences))
            else:
                unchanged += 1
    changes += [StaffChange(row, None, ()) for row in _numbered(new, known)]
    return ImportPlan(
        new_classes=(),
        new_pupils=(),
        changed=(),
        leaving=(),
        unchanged=unchanged,
        new_guardian_phones=(),
        rejected=tuple(sorted(refused, key=lambda one: one.number)),
        staff=tuple(sorted(changes, key=lambda one: one.row.number)),
    )


def staff_cells(one: KnownStaff, number: int) -> list[str]:
    """In the order of the format's columns."""
    return [str(number), one.code, one.full_name, WRITTEN.get(one.position, (one.position,))[0]]


def _differences(known: KnownStaff, row: StaffRow) -> Iterable[Difference]:
    if row.full_name != known.full_name:
        yield Difference(Field.FULL_NAME, known.full_name, row.full_name)
    if row.position and row.position != known.position:
        before, after = (WRITTEN.get(one, (one,))[0] for one in (known.position, row.position))
        yield Difference(Field.POSITION, before, after)


def _numbered(rows: Sequence[StaffRow], known: Sequence[KnownStaff]) -> Iterable[StaffRow]:
    """The next number for whoever comes without."""
    taken = {one.code for one in known} | {row.code for row in rows}
    number = len(known)
    for row in rows:
        code = row.code
        while not code:
            number += 1
            code = "" if f"NV{number:03}" in taken else f"NV{number:03}"
        yield replace(row, code=code)
