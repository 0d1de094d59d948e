"""What the office does with guardians. One number is one guardian; each change is noted in the school's log."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.accounts import audit_queries as audit
from cloud.accounts.access import Actor
from cloud.kit import outbox
from cloud.kit.errors import Conflict, Invalid, NotFound
from cloud.kit.i18n import marked, phrase
from cloud.people.events import MERGED, Merged
from cloud.people.guardians import queries
from cloud.people.members import log_in_queries as log_ins
from cloud.people.names import one_form
from cloud.people.phones import normal_phone
from cloud.people.tables import Guardian, Guardianship

LONGEST_NAME, LONGEST_EMAIL = 120, 254
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True, slots=True)
class Typed:
    """As a form has it."""

    full_name: str
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class May:
    collect: bool
    see: bool


class SamePerson(Conflict):
    """The number is another guardian's, by another name: whoever typed it says whether it is the same person."""

    def __init__(self, guardian: Guardian) -> None:
        super().__init__(phrase(marked("This number is %(name)s's. Is it the same person?"), name=guardian.full_name))
        self.guardian_id = guardian.id


def add(
    session: Session,
    actor: Actor,
    school_id: UUID,
    student_id: UUID,
    typed: Typed,
    may: May,
    now: datetime,
    *,
    same: UUID | None = None,
) -> UUID:
    """Whoever has the number already becomes this pupil's guardian too: at once if the name is theirs, or if `same`
    says that it is them. Raises SamePerson, Invalid or Conflict."""
    read = _read(typed)
    row = queries.by_phone(session, school_id, read.phone) if read.phone else None
    if row is None:
        row = Guardian(
            school_id=school_id, full_name=read.full_name, phone=read.phone or None, email=read.email or None
        )
        queries.add(session, row)
    elif same != row.id and row.full_name.casefold() != read.full_name.casefold():
        raise SamePerson(row)
    if queries.link(session, row.id, student_id):
        raise Conflict(phrase(marked("%(name)s is a guardian of this pupil already."), name=row.full_name))
    queries.add_link(session, row.id, student_id, may_collect=may.collect, may_see=may.see)
    _note(session, actor, school_id, "guardian.added", student_id, {"guardian": str(row.id), **_words(may)}, now)
    return row.id


def change(session: Session, actor: Actor, row: Guardian, typed: Typed, now: datetime) -> None:
    """Name, number and address. Raises Invalid, or Conflict where the number is another guardian's."""
    read = _read(typed)
    other = queries.by_phone(session, row.school_id, read.phone) if read.phone else None
    if other is not None and other.id != row.id:
        raise Conflict(
            phrase(
                marked("This number is %(name)s's. If they are one person, merge the two below."), name=other.full_name
            )
        )
    after = {"full_name": read.full_name, "phone": read.phone or None, "email": read.email or None}
    changed = [name for name, value in after.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, after[name])
    session.flush()
    if changed:
        _note(session, actor, row.school_id, "guardian.changed", row.id, {"fields": ", ".join(changed)}, now)


def allow(
    session: Session, actor: Actor, school_id: UUID, student_id: UUID, guardian_id: UUID, may: May, now: datetime
) -> None:
    """From the commit on: whoever may not see a pupil is an outsider. Raises NotFound."""
    link = _link(session, guardian_id, student_id)
    before = May(link.may_collect, link.may_see)
    if before == may:
        return
    link.may_collect, link.may_see = may.collect, may.see
    session.flush()
    details = {"guardian": str(guardian_id), **_words(may)}
    _note(session, actor, school_id, "guardian.allowed", student_id, details, now)


def remove(session: Session, actor: Actor, school_id: UUID, student_id: UUID, guardian_id: UUID, now: datetime) -> None:
    """No guardian of this pupil any more; their answers about the pupil's face count no more. Raises NotFound."""
    queries.cut(session, _link(session, guardian_id, student_id))
    _note(session, actor, school_id, "guardian.removed", student_id, {"guardian": str(guardian_id)}, now)


def merge(session: Session, actor: Actor, gone: Guardian, kept: Guardian, now: datetime) -> None:
    """Two records of one person become `kept`. Where the two may do different things, the narrower holds; of two
    log-ins that of `kept` stays. Raises Invalid."""
    if gone.id == kept.id or gone.school_id != kept.school_id:
        raise Invalid(marked("Choose another guardian of this school."))
    for link in queries.links(session, gone.id):
        own = queries.link(session, kept.id, link.student_id)
        if own is None:
            queries.add_link(
                session, kept.id, link.student_id, may_collect=link.may_collect, may_see=link.may_see
            )  # fmt: skip
        else:
            own.may_collect, own.may_see = own.may_collect and link.may_collect, own.may_see and link.may_see
        queries.cut(session, link)
    queries.withdraw_invitations(session, gone.id)
    kept.phone, kept.email = kept.phone or gone.phone, kept.email or gone.email
    spare = gone.user_id if kept.user_id and gone.user_id != kept.user_id else None
    kept.user_id = kept.user_id or gone.user_id
    gone.phone = gone.email = gone.user_id = None
    gone.merged_into = kept.id
    session.flush()
    if spare:
        log_ins.close_unless_used(session, spare, now)
    outbox.put(session, MERGED, Merged(school_id=kept.school_id, gone=gone.id, kept=kept.id), now=now)
    _note(session, actor, kept.school_id, "guardian.merged", kept.id, {"gone": str(gone.id)}, now)


def _read(typed: Typed) -> Typed:
    full_name, email = one_form(typed.full_name), typed.email.strip()
    if not full_name or len(full_name) > LONGEST_NAME:
        raise Invalid(phrase(marked("A name has 1 to %(most)s letters."), most=LONGEST_NAME))
    if email and (len(email) > LONGEST_EMAIL or not _EMAIL.fullmatch(email)):
        raise Invalid(marked("Not an e-mail address: write it as name@example.vn, or leave it empty."))
    return Typed(full_name, normal_phone(typed.phone) if typed.phone.strip() else "", email)


def _link(session: Session, guardian_id: UUID, student_id: UUID) -> Guardianship:
    link = queries.link(session, guardian_id, student_id)
    if link is None:
        raise NotFound("No such guardian of this pupil.")
    return link


def _words(may: May) -> dict[str, str]:
    return {"may_collect": "yes" if may.collect else "no", "may_see": "yes" if may.see else "no"}


def _note(
    session: Session,
    actor: Actor,
    school_id: UUID,
    action: str,
    subject: UUID,
    details: Mapping[str, str],
    now: datetime,
) -> None:
    audit.note(session, school_id, actor.user_id, action, subject, details, now=now)
