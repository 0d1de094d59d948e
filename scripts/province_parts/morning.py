"""When who comes: as many a second as asked for, each to one of the units by chance, the same in every run."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from scripts.province_parts.land import Unit


@dataclass(frozen=True, slots=True)
class Coming:
    due_s: float
    """After the start."""
    pupil: UUID


def comings(land: Sequence[Unit], per_s: float, seconds: float) -> Iterator[tuple[str, list[Coming]]]:
    """Of each unit: everybody who comes through it, in order."""
    chance = random.Random(7)
    gates: dict[str, list[Coming]] = {one.device: [] for one in land}
    queue = [(one.device, pupil) for one in land for pupil in one.pupils]
    chance.shuffle(queue)
    for number, (device, pupil) in enumerate(queue[: int(per_s * seconds)]):
        gates[device].append(Coming(number / per_s, pupil))
    yield from gates.items()
