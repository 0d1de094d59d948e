"""A mother who was there twice: what she said holds on for the record that stays."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from cloud.accounts.access import Actor
from cloud.biometrics.consent import where_it_stands
from cloud.biometrics.merging import on_merged
from cloud.biometrics.rules import Answer, Standing
from cloud.kit.db import Database
from cloud.kit.outbox import OutboxEvent
from cloud.people.events import MERGED
from cloud.people.guardians.keeping import merge
from cloud.people.tables import Guardian
from tests.cloud.biometrics.family import NOW, STAFF, say, settle


@pytest.mark.parametrize(
    ("gone_said", "kept_said", "then"),
    [
        (Answer.GRANTED, None, Standing.IN_FORCE),
        (Answer.REFUSED, Answer.GRANTED, Standing.IN_FORCE),
        (Answer.GRANTED, Answer.REFUSED, Standing.REFUSED),
    ],
)
def test_the_later_answer_of_one_person_counts(
    database: Database, gone_said: Answer, kept_said: Answer | None, then: Standing
) -> None:
    with database.writing() as session:
        family = settle(session)
        say(session, family, gone_said, who=family.father)
        if kept_said:
            say(session, family, kept_said, who=family.mother, at=NOW + timedelta(hours=1))
        actor = Actor(STAFF, "x", "vi", NOW.date())
        gone, kept = (session.get_one(Guardian, one) for one in (family.father, family.mother))
        merge(session, actor, gone, kept, NOW)
        session.flush()
        [payload] = session.scalars(select(OutboxEvent.payload).where(OutboxEvent.topic == MERGED))
        on_merged(lambda: NOW)(session, [payload])
        assert where_it_stands(session, family.child, now=NOW + timedelta(hours=2)) is then
