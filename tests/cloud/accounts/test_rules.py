from datetime import UTC, datetime, timedelta
from unicodedata import normalize
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.accounts.access import GRANTED, RIGHTS, SCOPES, Actor, Grant, Right, Role, Scope
from cloud.accounts.rules import expires_at, new_token, normal_login, normal_password, own_path, token_hash

NOW = datetime(2026, 9, 7, tzinfo=UTC)


def test_a_token_is_never_made_twice_and_its_hash_is_not_the_token() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert not tokens & {token_hash(token) for token in tokens}


def test_a_shared_computer_forgets_staff_long_before_a_phone_forgets_a_parent() -> None:
    parent = Actor(uuid4(), "Chị Thủy", "vi", NOW.date())
    admin = Actor(uuid4(), "Cô Hạnh", "vi", NOW.date(), (Grant(Role.ADMINISTRATOR, uuid4()),))
    assert expires_at(admin, NOW) - NOW == timedelta(hours=12)
    assert expires_at(parent, NOW) - NOW == timedelta(days=90)


@pytest.mark.parametrize("typed", ["Thuỷ.Nguyễn", "  thuỷ.nguyễn ", normalize("NFD", "thuỷ.nguyễn"), "THUỶ.NGUYỄN"])
def test_a_login_name_is_the_same_however_it_was_typed(typed: str) -> None:
    assert normal_login(typed) == "thuỷ.nguyễn"


def test_a_password_is_the_same_composed_or_decomposed() -> None:
    assert normal_password(normalize("NFD", "Mật khẩu")) == normal_password("Mật khẩu")
    assert normal_password("Mật khẩu") != normal_password("mật khẩu")


@pytest.mark.parametrize("path", ["/", "/children", "/schools/bai-thom?x=1", "/students/1#day"])
def test_a_login_leads_to_the_page_that_was_wanted(path: str) -> None:
    assert own_path(path) == path


@pytest.mark.parametrize(
    "path",
    [None, "", "children", "//evil.example", "/\\evil.example", "https://evil.example", "/\n//evil.example", "/\t/x"],
)
def test_a_login_leads_nowhere_else(path: str | None) -> None:
    assert own_path(path) == "/"


@given(st.lists(st.tuples(st.sampled_from(Role), st.sampled_from(Scope))), st.sampled_from(Right))
def test_a_right_is_held_by_a_role_that_has_it_within_a_scope_that_the_role_may_have(
    grants: list[tuple[Role, Scope]], right: Right
) -> None:
    school, class_id = uuid4(), uuid4()
    held = tuple(Grant(role, school, scope, class_id, grade=3) for role, scope in grants)
    actor = Actor(uuid4(), "", "vi", NOW.date(), held)
    scopes = {scope for role, scope in grants if right in RIGHTS[role] and role in GRANTED and scope in SCOPES[role]}
    assert (school in actor.schools_where(right)) == (Scope.SCHOOL in scopes)
    assert ((school, 3) in actor.grades_where(right)) == (Scope.GRADE in scopes)
    assert ((school, class_id) in actor.classes_where(right)) == (Scope.CLASS in scopes)
    assert (school in actor.lessons_where(right)) == (Scope.SUBJECT in scopes)


def test_every_role_has_rights_and_a_usual_scope_and_every_right_somebody_who_holds_it() -> None:
    assert set(RIGHTS) == set(SCOPES) == set(Role)
    assert all(RIGHTS.values())
    assert frozenset().union(*RIGHTS.values()) == set(Right)


def test_who_decides_on_leave_writes_it_down_too_and_so_does_the_office() -> None:
    deciding, noting = (
        {role for role in Role if right in RIGHTS[role]} for right in (Right.DECIDE_LEAVE, Right.NOTE_LEAVE)
    )
    assert noting == deciding | {Role.CLERK}


def test_a_right_in_one_school_is_none_in_another() -> None:
    mine, other = uuid4(), uuid4()
    actor = Actor(uuid4(), "", "vi", NOW.date(), (Grant(Role.ADMINISTRATOR, mine),))
    assert other not in actor.schools_seen_whole
