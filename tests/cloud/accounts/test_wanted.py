import pytest

from cloud.accounts.access import Role, Scope
from cloud.accounts.wanted import Wanted, read_wanted
from cloud.kit.errors import Invalid


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("principal=bai-thom", Wanted(Role.PRINCIPAL, "bai-thom", Scope.SCHOOL)),
        ("homeroom_teacher=bai-thom", Wanted(Role.HOMEROOM_TEACHER, "bai-thom", Scope.CLASS)),
        ("homeroom_teacher=a/class=1A", Wanted(Role.HOMEROOM_TEACHER, "a", Scope.CLASS, class_name="1A")),
        ("vice_principal=a/grade=3", Wanted(Role.VICE_PRINCIPAL, "a", Scope.GRADE, grade=3)),
    ],
)
def test_a_role_is_read_with_its_scope(text: str, wanted: Wanted) -> None:
    assert read_wanted(text) == wanted


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("headmaster=a", "the roles are administrator, principal"),
        ("guardian=a", "the roles are"),
        ("principal", "write ROLE=SCHOOL"),
        ("principal=a/grade=3", "principal is held over school"),
        ("vice_principal=a/class=1A", "held over school or grade"),
        ("vice_principal=a/grade=x", "a grade is a number"),
    ],
)
def test_what_is_no_role_says_what_is(text: str, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        read_wanted(text)
