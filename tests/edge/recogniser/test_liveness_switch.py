"""Liveness without its networks: off, said aloud, and the roll call goes on."""

import logging
from argparse import Namespace

import pytest

from edge.contract import LivenessState
from edge.errors import Misconfigured
from edge.recogniser.presets import liveness_state, switch_on_liveness
from edge.settings import read_settings
from edge.vision.manifest import read_manifest
from edge.vision.model_store import ModelStore
from tests.edge.recogniser.scripted import Scene


@pytest.mark.parametrize(
    ("wish", "level", "state"),
    [
        ("off", logging.INFO, LivenessState.OFF),
        ("warn", logging.WARNING, LivenessState.MISSING),
        ("refuse", logging.WARNING, LivenessState.MISSING),
    ],
)
def test_a_unit_without_the_networks_says_that_liveness_is_off(tmp_path, caplog, wish, level, state):
    caplog.set_level(logging.INFO)
    rules = switch_on_liveness(ModelStore(read_manifest(), tmp_path), Scene([]).pipeline(), wish)
    assert rules is None
    assert liveness_state(wish, rules) is state
    (said,) = caplog.records
    assert said.levelno == level
    assert "liveness is off" in said.getMessage()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("LIVENESS", "refuze", "'off', 'warn' or 'refuse'"), ("LIVENES", "warn", "did you mean liveness?")],
)
def test_a_misspelt_setting_is_answered_with_what_can_be_meant(monkeypatch, name, value, said):
    monkeypatch.setenv(f"DIEMDANH_EDGE_{name}", value)
    with pytest.raises(Misconfigured, match=said):
        read_settings(Namespace(config=None))
