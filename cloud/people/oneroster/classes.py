"""The classes of a OneRoster archive that pupils call their own."""

from collections.abc import Mapping

from cloud.kit.i18n import Said
from cloud.people.exchange.planning import NewClass
from cloud.people.exchange.rows import grade_of
from cloud.people.oneroster.archive import Archive, Line

CLASSES = "classes"
HOMEROOM = "homeroom"


def read_classes(archive: Archive, own_org: str) -> tuple[NewClass, ...]:
    """Homerooms of this school, with or without pupils: a year begins with classes and their teachers."""
    orgs, found = archive.by_id("orgs"), list[NewClass]()
    for line in archive.by_id(CLASSES).values():
        if line.cells.get("classType") != HOMEROOM or not is_ours(line.cells.get("schoolSourcedId", ""), orgs, own_org):
            continue
        reasons: list[Said] = []
        grade = grade_of(first_grade(line), line.cells["title"], reasons)
        if grade is None:
            archive.reject(CLASSES, line.number, *reasons)
        else:
            found.append(NewClass(line.cells["title"], grade))
    return tuple(found)


def first_grade(line: Line) -> str:
    return line.cells.get("grades", "").split(",")[0]


def is_ours(org: str, orgs: Mapping[str, Line], own_org: str) -> bool:
    """Whether what belongs to `org` is of this school, or of none that the file knows."""
    return org == own_org or org not in orgs or orgs[org].cells.get("type") != "school"
