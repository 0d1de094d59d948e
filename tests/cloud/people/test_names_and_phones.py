"""One form for names and numbers."""

import unicodedata

import pytest

from cloud.kit.errors import Invalid
from cloud.people.names import one_form, search_form
from cloud.people.phones import normal_phone


@pytest.mark.parametrize(
    "typed", ["0987654321", "+84 987 654 321", "84987654321", "0987.654.321", "(098) 765-4321", "987654321"]
)
def test_a_phone_number_has_one_form_however_it_was_typed(typed: str) -> None:
    assert normal_phone(typed) == "84987654321"


def test_a_landline_is_a_number_too() -> None:
    assert normal_phone("024 3826 1234") == "842438261234"


@pytest.mark.parametrize("typed", ["1234", "", "0187654321", "09876543210", "+1 987 654 321", "không có"])
def test_what_is_no_vietnamese_number_is_rejected(typed: str) -> None:
    with pytest.raises(Invalid):
        normal_phone(typed)


def test_names_are_found_without_diacritics_in_either_unicode_form() -> None:
    name = "  Đặng  Thị Ánh "
    assert search_form(name) == search_form(unicodedata.normalize("NFD", name)) == "dang thi anh"
    assert one_form(unicodedata.normalize("NFD", name)) == "Đặng Thị Ánh"
