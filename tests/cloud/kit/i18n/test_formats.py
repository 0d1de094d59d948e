from cloud.kit.i18n import Language, one_decimal


def test_a_decimal_is_written_as_the_reader_writes_it() -> None:
    assert [one_decimal(37.46, one) for one in (Language.VI, Language.EN)] == ["37,5", "37.5"]
    assert one_decimal(0, Language.VI) == "0,0"
