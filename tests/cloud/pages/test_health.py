"""Who was too warm: for those who see health, as far as they may; no parent hears of another's child."""

import pytest

from cloud.accounts import audit_queries as audit
from cloud.accounts.tables import RoleGrant
from tests.cloud.pages.people import House
from tests.cloud.small_school import sighting


@pytest.fixture
def warm(house: House) -> House:
    """Lan is too warm, and warmer later; Minh is not; neither is a stranger whom nobody knows."""
    house.report(
        sighting(1, house.school.lan, temperature_c=37.6),
        sighting(2, house.school.minh, temperature_c=37.4),
        sighting(3, temperature_c=38.9),
    )
    house.report(sighting(4, house.school.lan, temperature_c=38.2))
    return house


def test_the_health_desk_sees_each_pupil_once_and_the_warmest_reading(warm: House) -> None:
    with warm.visit("alice") as alice:
        page = alice.get("/schools/a/health").text
        assert page.count("Lan") == 1
        assert "38,2&nbsp;°C" in page
        assert "Minh" not in page
        assert "38,9&nbsp;°C" in page
        assert 'href="/schools/a/health"' in page


@pytest.mark.parametrize("outsider", ["bob", "erin", "charlie", "dave"])
def test_no_parent_and_no_other_school_sees_it(warm: House, outsider: str) -> None:
    with warm.visit(outsider) as client:
        for path in ("/schools/a/health", "/schools/a/health/live"):
            assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("role", "scope", "scope_id", "sees"),
    [
        ("health_staff", "school", None, {"Lan", "38,9"}),
        ("homeroom_teacher", "class", "class_id", {"Lan"}),
        ("guard", "school", None, None),
    ],
)
def test_each_role_sees_as_far_as_it_goes(
    warm: House, role: str, scope: str, scope_id: str | None, sees: set[str] | None
) -> None:
    with warm.database.writing() as session:
        session.add(
            RoleGrant(
                user_id=warm.school.charlie.user_id,
                role=role, school_id=warm.school.id, scope_kind=scope,
                scope_id=warm.school.class_id if scope_id else None,
            )
        )  # fmt: skip
    with warm.visit("charlie") as client:
        answer = client.get("/schools/a/health")
    assert answer.status_code == (200 if sees is not None else 404)
    if sees is not None:
        assert {word for word in ("Lan", "38,9", "Minh") if word in answer.text} == sees


def test_a_school_sets_its_own_limit_and_another_school_keeps_the_installations(warm: House) -> None:
    with warm.database.writing() as session:
        grant = RoleGrant(user_id=warm.school.alice.user_id, role="health_staff", scope_kind="school")
        grant.school_id = warm.school.id
        session.add(grant)
    with warm.visit("alice") as alice, warm.visit("dave") as dave:
        assert alice.post("/schools/a/health/limit", data={"from_c": "38,5"}).status_code == 303
        page = alice.get("/schools/a/health").text
        assert ("Lan" in page, "38,9" in page, "từ 38,5" in page) == (False, True, True)
        assert "38,2" not in alice.get(f"/health/students/{warm.school.lan}").text
        assert "từ 37,5" in dave.get("/schools/b/health").text
        assert 'value="38,5"' in alice.get("/schools/a/health/book").text
        wrong = alice.post("/schools/a/health/limit", data={"from_c": "375"})
        assert (wrong.status_code, 'value="375"' in wrong.text, "36 đến 40" in wrong.text) == (422, True, True)
        assert alice.post("/schools/a/health/limit", data={"from_c": ""}).status_code == 303
        assert "từ 37,5" in alice.get("/schools/a/health").text
    with warm.database.reading() as session:
        noted = [one.details for one in audit.entries(session, warm.school.id) if one.action == "health.limit_set"]
    assert noted == [{"from_c": "default"}, {"from_c": "38.5"}]


def test_only_who_keeps_health_in_the_whole_school_sets_the_limit(shared_house: House) -> None:
    for outsider in ("alice", "bob", "charlie", "dave"):
        with shared_house.visit(outsider) as client:
            assert client.post("/schools/a/health/limit", data={"from_c": "38"}).status_code == 404


def test_the_health_staff_see_how_many_fevers_they_have_not_looked_at(warm: House) -> None:
    with warm.database.writing() as session:
        school = warm.school
        session.add(RoleGrant(user_id=school.charlie.user_id, role="health_staff", school_id=school.id))
    counted = "(1 việc đang chờ)</span></a>"
    with warm.visit("charlie") as nurse, warm.visit("alice") as alice:
        assert counted in nurse.get("/schools/a/desk").text
        assert counted not in alice.get("/schools/a/health").text, "she does not keep health"
        assert counted in nurse.get("/schools/a/desk").text
        assert counted not in nurse.get("/schools/a/health").text
        assert counted not in nurse.get("/schools/a/desk").text
