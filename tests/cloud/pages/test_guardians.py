"""Guardians on the office's pages: what is taken away is gone at once, a wrong number links nobody."""

import re

import pytest
from sqlalchemy import select, update

from cloud.accounts import audit_queries as audit
from cloud.accounts.access import Role, Scope
from cloud.accounts.tables import RoleGrant
from cloud.people.queries import contacts_of
from cloud.people.tables import Guardian, Guardianship
from tests.cloud.pages.people import House


def test_whoever_may_not_see_a_pupil_is_an_outsider_from_the_commit_on(house: House) -> None:
    school, path = house.school, f"/schools/a/pupils/{house.school.lan}"
    with house.visit("bob") as bob, house.visit("alice") as alice:
        assert bob.get(f"/students/{school.lan}").status_code == 200
        [guardian] = re.findall(rf"{path}/guardians/([0-9a-f-]+)\"", alice.get(path).text)
        assert alice.post(f"{path}/guardians/{guardian}", data={"may_collect": "true"}).status_code == 303
        for hidden in ("/students/{}", "/students/{}/calendar", "/children/{}/consent", "/children/{}/leave"):
            assert bob.get(hidden.format(school.lan)).status_code == 404
        assert "Lan" not in bob.get("/children").text
        with house.database.reading() as session:
            assert not contacts_of(session, [school.lan])[school.lan]
            [entry] = [one for one in audit.entries(session, school.id) if one.action == "guardian.allowed"]
        assert entry.details == {"guardian": guardian, "may_collect": "yes", "may_see": "no"}
        assert alice.post(f"{path}/guardians/{guardian}/removed").status_code == 303
        assert "Chưa có" in alice.get(path).text


def test_a_wrong_number_links_nobody_until_somebody_says_so(house: House) -> None:
    path = f"/schools/a/pupils/{house.school.lan}"
    with house.visit("alice") as client:
        assert client.post(f"{path}/guardians", data={"full_name": "Bà", "phone": "0987654321"}).status_code == 303
        other = f"/schools/a/pupils/{house.school.minh}"
        typed = {"full_name": "Ông", "phone": "0987 654 321", "may_see": "true"}
        asked = client.post(f"{other}/guardians", data=typed)
        assert asked.status_code == 409
        [same] = re.findall(r'name="same" value="([0-9a-f-]+)"', asked.text)
        assert "0987 654 321" not in client.get(other).text
        assert client.post(f"{other}/guardians", data={**typed, "same": same}).status_code == 303
        assert "0987 654 321" in client.get(other).text
        own = f"/schools/a/guardians/{same}"
        assert "không phải số điện thoại" in client.post(own, data={"full_name": "Bà", "phone": "12"}).text.lower()
        assert client.post(f"{own}/invitation").status_code == 200
        assert "mời" in client.get(path).text
    with house.visit("dave") as dave:
        assert dave.get(own).status_code == dave.post(own, data={"full_name": "x"}).status_code == 404


@pytest.mark.parametrize(("role", "opens"), [(Role.PRINCIPAL, True), (Role.HOMEROOM_TEACHER, False)])
def test_whoever_invites_families_of_the_whole_school_reads_a_guardian_and_prints_letters(
    house: House, role: Role, opens: bool
) -> None:
    """A homeroom teacher invites those of the class by its letters, and is led nowhere else."""
    pupil = f"/schools/a/pupils/{house.school.lan}"
    with house.database.writing() as session:
        own = RoleGrant.user_id == house.school.alice.user_id
        class_id = None if opens else house.school.class_id
        scope = Scope.SCHOOL if opens else Scope.CLASS
        session.execute(update(RoleGrant).where(own).values(role=role, scope_kind=scope, scope_id=class_id))
        bob_id = session.scalars(select(Guardian.id).where(Guardian.full_name == "bob")).one()
        unknown = Guardian(school_id=house.school.id, full_name="Bà Tư")
        session.add(unknown)
        session.flush()
        session.add(Guardianship(guardian_id=unknown.id, student_id=house.school.lan))
        new = f"/schools/a/guardians/{unknown.id}"
    bob = f"/schools/a/guardians/{bob_id}"
    with house.visit("alice") as client:
        shown = client.get(pupil).text + client.get("/schools/a/pupils").text
        for path in (bob, new, "/schools/a/guardians"):
            assert (f'href="{path}"' in shown) == opens
            assert client.get(path).status_code == (200 if opens else 404)
        if opens:
            page = client.get(bob).text
            assert "bob@example.vn" in page
            for change in (f'action="{bob}"', "/merged", 'name="full_name"'):
                assert change not in page
            for made, of in ((f"{new}/invitation", new), (f"{bob}/new-password", bob)):
                letter = client.post(made)
                assert (letter.status_code, f'href="{of}"' in letter.text) == (200, True), "and back"
        assert client.post(bob, data={"full_name": "x"}).status_code == 404
        assert client.post(f"{bob}/merged", data={"gone": str(unknown.id)}).status_code == 404
    for outsider in ("bob", "erin", "dave"):
        with house.visit(outsider) as client:
            assert client.get(bob).status_code == client.get("/schools/a/guardians").status_code == 404
