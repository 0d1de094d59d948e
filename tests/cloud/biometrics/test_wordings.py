"""What was read before the answer can be shown for ever."""

import pytest

from cloud.biometrics.wordings import FOLDER, NEWEST, wording
from cloud.kit.errors import Invalid

SHIPPED = {
    (1, "vi"): "aae9663be70f306fb4b52c01b25f7a02118b2caca83e9e8b8708aa0aae42d5c2",
    (1, "en"): "6bb9c019420d9ee3c2507f5de86dbb08cea6505a0641c58b864f8981d408537c",
}


@pytest.mark.parametrize(("version", "language"), SHIPPED)
def test_a_version_that_has_shipped_is_never_edited(version: int, language: str) -> None:
    assert wording(version, language).digest == SHIPPED[version, language]


def test_every_version_is_pinned_here_in_both_languages() -> None:
    versions = {int(file.stem) for file in FOLDER.glob("*.toml")}
    assert {(version, language) for version in versions for language in ("vi", "en")} == set(SHIPPED)
    assert max(versions) == NEWEST


def test_a_version_that_nobody_was_shown_is_refused() -> None:
    with pytest.raises(Invalid, match="wording 99"):
        wording(99, "vi")
    with pytest.raises(Invalid, match="in fr"):
        wording(1, "fr")
