"""What scripts/fuzz looks for with millions of inputs, with some hundred that are the same every time.

Beside any bytes at all: envelopes and lines that are nearly right, with a piece cut out, changed or put in.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.fuzzers.targets import SEEDS, TARGETS

SEED_BYTES = sorted({seed for seeds in SEEDS.values() for seed in seeds})


@st.composite
def nearly_right(draw: st.DrawFn) -> bytes:
    raw = draw(st.sampled_from(SEED_BYTES))
    for _ in range(draw(st.integers(0, 3))):
        begin = draw(st.integers(0, len(raw)))
        end = min(len(raw), begin + draw(st.integers(0, 8)))
        raw = raw[:begin] + draw(st.binary(max_size=8)) + raw[end:]
    return raw


@pytest.mark.parametrize("name", TARGETS)
def test_no_bytes_bring_a_parser_down_or_pass_for_what_they_are_not(name: str) -> None:
    @settings(max_examples=150, derandomize=True, deadline=None, database=None)
    @given(data=nearly_right() | st.binary(max_size=300))
    def holds(data: bytes) -> None:
        TARGETS[name](data)

    holds()


def test_every_parser_is_named_as_the_script_reads_it() -> None:
    """scripts/fuzz lists the names out of the file itself."""
    assert all(name.replace("-", "_") == target.__name__ for name, target in TARGETS.items())
