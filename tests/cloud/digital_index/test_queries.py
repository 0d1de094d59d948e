"""What a school says is kept by year, on both databases."""

from cloud.digital_index import queries
from cloud.digital_index.rules import Answer
from cloud.kit.db import Database
from tests.cloud.small_school import MORNING, small_school


def test_a_year_is_said_anew_as_a_whole_and_touches_no_other(database: Database) -> None:
    school = small_school(database)
    said = {"1.1": Answer(there=True, evidence="Kế hoạch số 12"), "1.3.1": Answer(4.5), "1.4": Answer()}
    with database.writing() as session:
        for year, answers in ((2025, said), (2026, said), (2026, {"1.4": Answer(10)})):
            queries.save(session, school.id, year, answers, by=school.alice.user_id, now=MORNING)
    with database.reading() as session:
        assert queries.answers_of(session, school.id, 2026) == {"1.4": Answer(10)}
        assert queries.answers_of(session, school.id, 2025) == {code: said[code] for code in ("1.1", "1.3.1")}
        assert queries.answers_of(session, school.id, 2024) == {}
