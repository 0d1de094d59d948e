"""What is exported and imported again changes nothing, whatever a school holds."""

from datetime import date
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from cloud.kit.i18n import Phrase
from cloud.people.exchange.formats import OWN_FIELDS, PUPIL_FORMATS, Field, Format
from cloud.people.exchange.planning import Known, plan_import
from cloud.people.exchange.reading import read_excel
from cloud.people.exchange.rows import TEMPORARY
from cloud.people.exchange.writing import write_excel, write_rejected
from cloud.people.names import one_form

TODAY = date(2026, 9, 1)
DIGITS = st.integers(0, 10**9 - 1)
TEXT = st.text("aăâbcđêôơưỳ ẩĐÁ0123=+-@'\"&<>/.,", min_size=1, max_size=20).map(one_form).filter(bool)
DETAILS = tuple(field for field in Field if field not in OWN_FIELDS | {Field.CONTACT_PHONE, Field.GENDER, Field.STATUS})


@st.composite
def schools(draw: st.DrawFn) -> list[Known]:
    found = []
    for number in range(draw(st.integers(0, 8))):
        digits = draw(st.none() | DIGITS)
        personal = None if digits is None else f"{number:03}{digits:09}"
        temporary = personal is not None and draw(st.booleans())
        details = draw(st.dictionaries(st.sampled_from(DETAILS), TEXT, max_size=4))
        if gender := draw(st.sampled_from(["", "Nam", "Nữ"])):
            details[Field.GENDER] = gender
        phones = draw(st.lists(DIGITS.map(lambda digits: f"849{digits % 10**8:08}"), max_size=2))
        found.append(
            Known(
                student_id=UUID(int=number),
                code=TEMPORARY + str(personal) if temporary else f"{number:01}{draw(DIGITS):09}",
                personal_id=personal,
                full_name=draw(TEXT),
                birth_date=draw(st.dates(date(2010, 1, 1), date(2020, 12, 31))),
                class_name=draw(st.sampled_from(["1A", "5B", "12C3", "9 Chuyên"])),
                left_on=draw(st.none() | st.just(TODAY)),
                details=tuple((field, details[field]) for field in Field if field in details),
                phones=frozenset(phones),
            )
        )
    return found


def grades(known: list[Known]) -> dict[str, int]:
    return {one.class_name: int("".join(filter(str.isdigit, one.class_name[:2]))) for one in known}


@settings(max_examples=60, deadline=None)
@given(known=schools(), wanted=st.sampled_from(PUPIL_FORMATS))
def test_importing_the_export_changes_nothing(known: list[Known], wanted: Format) -> None:
    contents = read_excel(write_excel(known, grades(known), wanted), "out.xlsx", TODAY)
    names = frozenset(one.class_name for one in known)
    phones = frozenset(phone for one in known for phone in one.phones)
    planned = plan_import(contents.pupils, contents.rejected, known, names, phones)
    assert planned.unchanged == sum(one.left_on is None for one in known), planned
    nothing = planned.new_pupils, planned.changed, planned.leaving, planned.rejected, planned.new_classes
    assert nothing == ((),) * 5


@settings(max_examples=20, deadline=None)
@given(known=schools(), wanted=st.sampled_from(PUPIL_FORMATS))
def test_rejected_rows_come_back_as_they_were_for_the_same_reasons(known: list[Known], wanted: Format) -> None:
    """Every row loses its name on the way in."""
    nameless = [Known(**{**{name: getattr(one, name) for name in one.__slots__}, "full_name": ""}) for one in known]
    contents = read_excel(write_excel(nameless, grades(known), wanted), "out.xlsx", TODAY)

    def say(what: Phrase | str) -> str:
        return str(what)

    again = read_excel(write_rejected(contents, contents.rejected, say), "back.xlsx", TODAY)
    assert [one.reasons for one in again.rejected] == [one.reasons for one in contents.rejected]
    assert list(again.cells.values()) == list(contents.cells.values())
