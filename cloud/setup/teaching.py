"""Who teaches what, as a table that is typed into: one cell a class and subject, names in it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from cloud.kit.i18n import marked
from cloud.kit.web.forms import Typed
from cloud.setup.queries import Teacher

BETWEEN = ";"
"""Between the teachers who share a subject in a class."""
Cell = tuple[UUID, UUID]
"""Class and subject."""


@dataclass(frozen=True, slots=True)
class Changes:
    added: tuple[tuple[UUID, UUID, UUID], ...]
    """Class, subject and teacher."""
    replaced: tuple[tuple[UUID, UUID, UUID, UUID], ...]
    """Class, subject, who taught it, and who does now: lessons in the timetable stay."""
    removed: tuple[tuple[UUID, UUID, UUID], ...]


def labels(staff: Sequence[Teacher]) -> dict[UUID, str]:
    """A name for each that means nobody else: with the code where two have the same."""
    names = [one.full_name for one in staff]
    return {
        one.id: one.full_name if names.count(one.full_name) == 1 else f"{one.full_name} ({one.code})" for one in staff
    }


def shown(teachers: Iterable[UUID], names: Mapping[UUID, str]) -> str:
    return f"{BETWEEN} ".join(names.get(one, "?") for one in teachers)


def field(cell: Cell) -> str:
    return f"t-{cell[0].hex}-{cell[1].hex}"


def read(form: Typed, held: Mapping[Cell, Sequence[UUID]], cells: Iterable[Cell], staff: Sequence[Teacher]) -> Changes:
    """What was typed differs from `held` so. A name that nobody has is complained of beside its cell; a cell that was
    not sent stays as it is."""
    by_label = {label.casefold(): teacher_id for teacher_id, label in labels(staff).items()}
    by_label |= {one.code.casefold(): one.id for one in staff}
    added, replaced, removed = [], [], []
    for cell in cells:
        if field(cell) not in form.values:
            continue
        wanted: list[UUID] = []
        for said in form.value(field(cell)).split(BETWEEN):
            label = " ".join(said.split()).casefold()
            if label and label not in by_label:
                form.complain(field(cell), marked("nobody here is called %(who)s"), who=said.strip()[:40])
            elif label and by_label[label] not in wanted:
                wanted.append(by_label[label])
        was = list(held.get(cell, ()))
        gone, new = [one for one in was if one not in wanted], [one for one in wanted if one not in was]
        for before, after in zip(gone, new, strict=False):
            replaced.append((*cell, before, after))
        added += [(*cell, one) for one in new[len(gone) :]]
        removed += [(*cell, one) for one in gone[len(new) :]]
    return Changes(tuple(added), tuple(replaced), tuple(removed))
