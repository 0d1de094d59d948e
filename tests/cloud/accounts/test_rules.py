from datetime import UTC, datetime, timedelta
from unicodedata import normalize
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.accounts.access import RIGHTS, Actor, Grant, Right, Role
from cloud.accounts.rules import expires_at, new_token, normal_login, normal_password, own_path, token_hash

NOW = datetime(2026, 9, 7, tzinfo=UTC)


def test_a_token_is_never_made_twice_and_its_hash_is_not_the_token() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert not tokens & {token_hash(token) for token in tokens}


def test_a_shared_computer_forgets_staff_long_before_a_phone_forgets_a_parent() -> None:
    parent = Actor(uuid4(), "Chị Thủy", "vi")
    admin = Actor(uuid4(), "Cô Hạnh", "vi", (Grant(Role.ADMINISTRATOR, uuid4()),))
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


@given(st.sets(st.sampled_from(Role)), st.sampled_from(Right))
def test_an_actor_sees_a_whole_school_only_by_a_role_that_holds_the_right(roles: set[Role], right: Right) -> None:
    school = uuid4()
    actor = Actor(uuid4(), "", "vi", tuple(Grant(role, school) for role in roles))
    holds = any(right in RIGHTS[role] for role in roles)
    assert (actor.schools_seen_whole == (school,)) == holds


def test_a_right_in_one_school_is_none_in_another() -> None:
    mine, other = uuid4(), uuid4()
    actor = Actor(uuid4(), "", "vi", (Grant(Role.ADMINISTRATOR, mine),))
    assert other not in actor.schools_seen_whole
