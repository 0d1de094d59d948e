"""What the school's service answers to an enrolling machine."""

from pydantic import BaseModel, ConfigDict


class Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Pupil(Told):
    """`consent`: stands at this moment; whoever sends views hears it again."""

    id: str
    code: str
    class_name: str
    consent: bool
    views: int


class SeenPhoto(Told):
    """A photo of a family, of which staff have said that it is this child."""

    id: str
    student_id: str
    code: str


class RollPupil(Told):
    id: str
    code: str
    name: str
    standing: str
    views: int
    enrolled_at: str | None
    models: list[str]
    due: str | None = None
    """Why they are to be taken again: `year` or `scores`."""


class RollClass(Told):
    id: str
    name: str
    pupils: list[RollPupil]


class Roll(Told):
    name: str
    classes: list[RollClass]


class LookAlike(Told):
    id: str
    name: str
    class_name: str
    sibling: bool
    """Known to be two already."""


class Whereabouts(Told):
    known_at: list[str]
    on_the_way: list[str]
