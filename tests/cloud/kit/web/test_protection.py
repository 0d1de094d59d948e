import pytest
from starlette.datastructures import Headers

from cloud.kit.web.protection import asked_by_ourselves

OURS = {"host": "diemdanh.example"}


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
        {"origin": "https://diemdanh.example"},
        {},
    ],
    ids=str,
)
def test_our_own_pages_and_units_may_change_things(headers: dict[str, str]) -> None:
    assert asked_by_ourselves(Headers({**OURS, **headers}))


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "origin": "https://diemdanh.example"},
        {"origin": "https://evil.example"},
        {"origin": "https://diemdanh.example.evil.example"},
        {"origin": "https://diemdanh.example:8443"},
        {"origin": "null"},
    ],
    ids=str,
)
def test_another_sites_page_may_not(headers: dict[str, str]) -> None:
    assert not asked_by_ourselves(Headers({**OURS, **headers}))
