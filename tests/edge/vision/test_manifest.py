"""The manifest that ships, and what is said of a wrong one."""

from pathlib import Path

import pytest

from edge.errors import Misconfigured
from edge.vision.manifest import read_manifest

MODELS = Path(__file__).parents[3] / "models"
SHIPPED = read_manifest(MODELS / "manifest.toml")


@pytest.mark.parametrize("model", SHIPPED.model, ids=lambda model: model.name)
def test_every_model_has_a_card_and_its_licence_is_told(model):
    name = model.card or model.name
    card = (MODELS / "cards" / f"{name}.md").read_text(encoding="utf-8")
    assert card.startswith(f"# {name}\n")
    assert model.sha256 in card
    licences = (MODELS / "LICENCES.md").read_text(encoding="utf-8")
    assert f"| `{model.name}` |" in licences
    assert model.licence in licences


def test_no_card_is_left_of_a_model_that_is_gone():
    assert {file.stem for file in (MODELS / "cards").glob("*.md")} == {
        model.card or model.name for model in SHIPPED.model
    }


def test_every_role_has_a_model_and_yunet_is_preferred():
    assert [model.name for model in SHIPPED.of_role("detector")] == ["yunet", "blazeface"]
    assert SHIPPED.of_role("landmarks")
    assert SHIPPED.of_role("embedder")


def test_the_embedder_names_the_thresholds_that_rules_are_made_of():
    embedder = SHIPPED.of_role("embedder")[0]
    assert 0 < embedder.threshold("identify") < embedder.threshold("ask") < embedder.threshold("pair")
    with pytest.raises(Misconfigured, match=r"'gate'.*identify"):
        embedder.threshold("gate")


def test_the_liveness_networks_look_at_two_scales_and_leave_room_for_doubt():
    close, far = SHIPPED.of_role("liveness")
    assert (close.crop_scale, far.crop_scale) == (2.7, 4.0)
    assert 0 < close.threshold("spoof") < close.threshold("live") < 1


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(Misconfigured, match="yunet, blazeface"):
        SHIPPED.named("yolo")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ('sha256 = "8f2', r"model\.0\.sha256"),
        ('role = "detective" #', r"model\.0\.role"),
        ('licence = "MIT"\ncolour = 3 #', r"model\.0\.colour"),
        ('role = "liveness" #', r"model\.0: .*crop_scale"),
    ],
)
def test_a_wrong_manifest_is_refused_with_the_path_of_the_mistake(tmp_path, wrong, said):
    text = (MODELS / "manifest.toml").read_text(encoding="utf-8")
    key = wrong.split(" =")[0]
    at = text.index(f"\n{key} = ") + 1
    (tmp_path / "manifest.toml").write_text(f'{text[:at]}{wrong}"{text[text.index(chr(10), at) :]}', encoding="utf-8")
    with pytest.raises(Misconfigured, match=said):
        read_manifest(tmp_path / "manifest.toml")


def test_two_models_of_one_name_are_refused(tmp_path):
    text = (MODELS / "manifest.toml").read_text(encoding="utf-8")
    (tmp_path / "manifest.toml").write_text(text.replace('name = "blazeface"', 'name = "yunet"'), encoding="utf-8")
    with pytest.raises(Misconfigured, match="named twice"):
        read_manifest(tmp_path / "manifest.toml")


def test_a_missing_or_broken_manifest_is_named(tmp_path):
    with pytest.raises(Misconfigured, match=r"gone\.toml"):
        read_manifest(tmp_path / "gone.toml")
    (tmp_path / "broken.toml").write_text("[[model")
    with pytest.raises(Misconfigured, match=r"broken\.toml"):
        read_manifest(tmp_path / "broken.toml")
