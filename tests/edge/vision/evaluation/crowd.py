"""People made of numbers: a point each, their photos around it."""

import numpy as np

from edge.vision.evaluation.samples import Sample


def crowd(people: int, photos: int, *, spread: float = 0.1, apart: float = 1.0, seed: int = 7) -> Sample:
    """Two photos of a person are about 1.4 `spread` apart, two people about 1.4 `apart`."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(0, apart / np.sqrt(16), (people, 16))
    shots = np.repeat(centres, photos, axis=0) + rng.normal(0, spread / np.sqrt(16), (people * photos, 16))
    owners = [f"hs-{person}" for person in range(people) for _ in range(photos)]
    return Sample.of(owners, shots.astype(np.float32), rng.uniform(0, 1, people * photos).tolist())
