"""Who was too warm: for those who see health, as far as they may; no parent hears of another's child."""

import pytest

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
