"""Chips given to pupils and taken back: what a reader types means one pupil until it is taken from them."""

from datetime import datetime

from sqlalchemy.orm import Session

from cloud.accounts import audit_queries as audit
from cloud.accounts.access import Actor, Right
from cloud.cards import queries
from cloud.cards.rules import normal_chip
from cloud.cards.tables import PupilChip
from cloud.kit.clock import school_day
from cloud.kit.errors import Conflict
from cloud.kit.i18n import marked, phrase
from cloud.people.access import Pupil, pupils_among


def give(session: Session, actor: Actor, pupil: Pupil, typed: str, now: datetime) -> None:
    """In place of the pupil's earlier one. Raises Invalid, or Conflict while it means another pupil who has not left;
    it names them to whoever may give them cards."""
    value = normal_chip(typed)
    holder = queries.chip_holder(session, pupil.school_id, value, school_day(now))
    if holder == pupil.id:
        return
    if holder is not None:
        named = pupils_among(session, actor, [holder], Right.ISSUE_CARDS)
        if named:
            said = marked("This chip is %(name)s's, of class %(class_name)s: take it back there first.")
            raise Conflict(phrase(said, name=named[0].full_name, class_name=named[0].class_name))
        raise Conflict(marked("This chip is another pupil's."))
    chip = PupilChip(
        student_id=pupil.id, school_id=pupil.school_id, value=value, given_at=now, given_by=actor.user_id
    )  # fmt: skip
    queries.give_chip(session, chip)
    audit.note(session, pupil.school_id, actor.user_id, "chip.given", pupil.id, now=now)


def take(session: Session, actor: Actor, pupil: Pupil, now: datetime) -> None:
    if queries.take_chip(session, pupil.id):
        audit.note(session, pupil.school_id, actor.user_id, "chip.taken", pupil.id, now=now)
