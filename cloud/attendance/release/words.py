"""How a pupil went home, in plain words. Marked here, translated where they are shown."""

from cloud.attendance.release.rules import Way
from cloud.kit.i18n import marked

WAYS: dict[str, str] = {
    Way.GUARDIAN: marked("with %(name)s"),
    Way.PERMIT: marked("with %(name)s, by the family's code"),
    Way.ALONE: marked("alone, as the family allows"),
}
