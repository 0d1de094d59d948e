"""What the app's manifest promises: files that are there, of the type and size it says, small, loaded by no page."""

from struct import unpack
from typing import Any

import httpx
import pytest

from tests.cloud.pages.people import House

MOST_BYTES = 40_000
"""Of a picture on the sheet that offers the app."""
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def client(shared_house: House) -> Any:
    with shared_house.visit("bob") as client:
        yield client


def manifest(client: httpx.Client) -> dict[str, Any]:
    answer = client.get("/manifest.webmanifest")
    assert answer.headers["content-type"] == "application/manifest+json"
    return dict(answer.json())


def test_every_file_is_of_the_type_and_size_that_it_says(client: httpx.Client) -> None:
    told = manifest(client)
    named = [*told["icons"], *told["screenshots"], *(icon for one in told["shortcuts"] for icon in one["icons"])]
    for one in named:
        answer = client.get(one["src"])
        assert answer.status_code == 200, one
        assert answer.headers["content-type"].split(";")[0] == one.get("type", "image/png"), one
        assert "immutable" in answer.headers["cache-control"], one
        if one["sizes"] != "any":
            assert answer.content.startswith(PNG)
            width, height = unpack(">II", answer.content[16:24])
            assert one["sizes"] == f"{width}x{height}"


def test_pictures_of_the_app_are_small_of_one_shape_and_loaded_by_no_page(client: httpx.Client) -> None:
    told = manifest(client)["screenshots"]
    assert len(told) == 2
    assert {one["form_factor"] for one in told} == {"narrow"}
    # What Chromium asks for: 320 to 3840 pixels, at most 2.3 times as long as wide, all of one shape.
    [(width, height)] = {tuple(map(int, one["sizes"].split("x"))) for one in told}
    assert 320 <= width <= height <= min(3840, 2.3 * width)
    pages = "".join(client.get(path).text for path in ("/children", "/sw.js", "/login"))
    for one in told:
        assert len(client.get(one["src"]).content) < MOST_BYTES
        assert one["src"].split("?")[0].rsplit("/", 1)[1] not in pages


def test_pictures_are_described_in_the_reader_s_language(client: httpx.Client) -> None:
    labels = {one["label"] for one in manifest(client)["screenshots"]}
    client.post("/language", data={"language": "en"})
    in_english = {one["label"] for one in manifest(client)["screenshots"]}
    assert "A month at a glance" in in_english
    assert not labels & in_english
