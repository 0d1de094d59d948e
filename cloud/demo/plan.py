"""Who there is in the demo school. Made up from lists, the same each time."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

FAMILY_NAMES = ("Nguyễn",) * 8 + ("Trần",) * 3 + ("Lê",) * 3 + ("Phạm",) * 2 + ("Hoàng", "Huỳnh", "Phan") + (
    "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý", "Mai", "Đinh", "Trịnh", "Lâm", "Danh",
)  # fmt: skip
GIRLS = (("Thị", "Ngọc", "Thu", "Khánh", "Bảo", "Minh", "Thanh", "Phương", "Quỳnh", "Mỹ"), (
    "An", "Anh", "Ánh", "Châu", "Chi", "Diệp", "Dung", "Hà", "Hằng", "Hạnh", "Hoa", "Hương", "Lan", "Linh", "Mai", "My",
    "Ngân", "Nguyệt", "Nhi", "Oanh", "Quyên", "Thảo", "Thư", "Thủy", "Trang", "Trúc", "Uyên", "Vân", "Vy", "Yến",
))  # fmt: skip
BOYS = (("Văn", "Đức", "Gia", "Hoàng", "Hữu", "Minh", "Quang", "Quốc", "Tuấn", "Xuân"), (
    "An", "Anh", "Bách", "Bảo", "Bình", "Cường", "Đạt", "Dũng", "Duy", "Hải", "Hiếu", "Hưng", "Huy", "Khang", "Khoa",
    "Kiên", "Lâm", "Long", "Nam", "Nghĩa", "Phát", "Phong", "Phúc", "Quân", "Sơn", "Tâm", "Thắng", "Thịnh", "Trí",
    "Vinh",
))  # fmt: skip
CLASSES_BY_GRADE = {1: 6, 2: 6, 3: 6, 4: 5, 5: 5}
PUPILS = 826
PHONES = "84510"
"""Six digits follow: a range that no operator has, so that nobody is ever called."""
POSITIONS = (
    ("principal", 1), ("vice_principal", 2), ("homeroom_teacher", 28), ("subject_teacher", 34), ("clerk", 2),
    ("accountant", 1), ("health", 2), ("librarian", 2), ("it", 1), ("kitchen", 6), ("guard", 4),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlannedGuardian:
    full_name: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class PlannedPupil:
    code: str
    full_name: str
    birth_date: date
    guardians: tuple[PlannedGuardian, ...]


@dataclass(frozen=True, slots=True)
class PlannedClass:
    name: str
    grade: int
    pupils: tuple[PlannedPupil, ...]


@dataclass(frozen=True, slots=True)
class PlannedStaff:
    code: str
    full_name: str
    position: str


@dataclass(frozen=True, slots=True)
class Plan:
    year: int
    """In which the school year begins."""
    name: str
    slug: str
    classes: tuple[PlannedClass, ...]
    staff: tuple[PlannedStaff, ...]


def demo_school(year: int, *, random: Random) -> Plan:
    """A first-grader turns six in the year in which the school year begins."""
    names = [(f"{grade}{chr(ord('A') + n)}", grade) for grade, many in CLASSES_BY_GRADE.items() for n in range(many)]
    number = 0
    classes = []
    for index, (name, grade) in enumerate(names):
        size = PUPILS // len(names) + (index < PUPILS % len(names))
        pupils = tuple(_pupil(number + n + 1, year - 5 - grade, random) for n in range(size))
        number += size
        classes.append(PlannedClass(name, grade, pupils))
    positions = [position for position, many in POSITIONS for _ in range(many)]
    staff = tuple(
        PlannedStaff(f"NV{n:03}", _name(random, random.choice((GIRLS, GIRLS, BOYS))), position)
        for n, position in enumerate(positions, start=1)
    )
    return Plan(year, "Trường Tiểu học Hoa Phượng (trình diễn)", "demo", tuple(classes), staff)


def _pupil(number: int, birth_year: int, random: Random) -> PlannedPupil:
    family = random.choice(FAMILY_NAMES)
    born = date(birth_year, 1, 1) + timedelta(days=random.randrange(365))
    mother = PlannedGuardian(_name(random, GIRLS), f"{PHONES}{2 * number:06}", f"me.hs{number:04}@example.com")
    father = PlannedGuardian(
        _name(random, BOYS, family), f"{PHONES}{2 * number + 1:06}", f"bo.hs{number:04}@example.com"
    )
    return PlannedPupil(
        code=f"{7_900_000_000 + number}",
        full_name=_name(random, random.choice((GIRLS, BOYS)), family),
        birth_date=born,
        guardians=random.choice(((mother,), (mother, father), (mother, father))),
    )


def _name(random: Random, given: tuple[tuple[str, ...], tuple[str, ...]], family: str | None = None) -> str:
    middle, last = given
    return f"{family or random.choice(FAMILY_NAMES)} {random.choice(middle)} {random.choice(last)}"
