"""`python -m scripts.fuzzers NAME [libFuzzer options] CORPUS`; scripts/fuzz makes the environment for it."""

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["edge", "cloud"]):
    from scripts.fuzzers.targets import SEEDS, TARGETS

if __name__ == "__main__":
    name = sys.argv.pop(1)
    for number, seed in enumerate(SEEDS.get(name, ())):
        (Path(sys.argv[-1]) / f"seed-{number}").write_bytes(seed)
    atheris.Setup(sys.argv, TARGETS[name])
    atheris.Fuzz()
