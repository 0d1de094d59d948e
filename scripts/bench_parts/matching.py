"""One search among 200,000 templates (a district in one unit, far beyond a school), on one thread."""

import statistics
import time

import numpy as np

from edge.vision.match import Gallery
from edge.vision.runtime import Tensor

TEMPLATES = 200_000
A_PERSON = 3
WITHIN = 0.35
"""Templates of one person differ by this share of what tells people apart."""
PROBES = 40


def searched(templates: Tensor | None) -> dict[str, float]:
    """Times and agreement with brute force. `templates`, (n, dimension), are real ones: those that are searched are
    drawn with their covariance, and half of the probes are strangers. None: along axes that matter less and less."""
    random = np.random.default_rng(7)
    spread = _spread_of(templates) if templates is not None else np.diag(0.97 ** np.arange(128)) / 6
    print(f"matching:   {TEMPLATES:,} templates of {TEMPLATES // A_PERSON:,} people")
    like_faces = _search(random, spread.astype(np.float32), "spread like faces")
    worst = _search(random, np.eye(128, dtype=np.float32) / 12, "spread evenly, which no faces are")
    return {"match_200000_ms": like_faces[0], "match_200000_equal": like_faces[1],
            "match_200000_worst_ms": worst[0], "match_200000_worst_equal": worst[1]}  # fmt: skip


def _spread_of(templates: Tensor) -> Tensor:
    values, axes = np.linalg.eigh(np.cov(templates.T))
    # Few real ones span few axes: what they leave out gets as much as the least of theirs.
    seen = np.sort(values)[::-1][: len(templates) // 2]
    found: Tensor = axes * np.sqrt(np.maximum(values, seen[-1]))
    return found.T


def _search(random: np.random.Generator, spread: Tensor, named: str) -> tuple[float, float]:
    people = -(-TEMPLATES // A_PERSON)
    of_people = random.standard_normal((people, spread.shape[0]), np.float32) @ spread
    own = np.repeat(of_people, A_PERSON, axis=0)[:TEMPLATES]
    templates = own + WITHIN * (random.standard_normal(own.shape, np.float32) @ spread)
    gallery = Gallery([f"hs-{row // A_PERSON}" for row in range(TEMPLATES)], templates, "bench")
    times, right = [], 0
    for number in range(PROBES):
        probe = random.standard_normal(spread.shape[0], np.float32) @ spread
        if number % 2:
            probe = of_people[random.integers(people)] + WITHIN * probe
        begun = time.process_time()
        found = gallery.match(probe, "bench")
        times.append(1000 * (time.process_time() - begun))
        squares = np.square(templates - probe).sum(axis=1)
        nearest = f"hs-{int(np.argmin(squares)) // A_PERSON}"
        right += found is not None and found.person == nearest
        assert found is not None
        np.testing.assert_allclose(found.distance, np.sqrt(squares.min()), rtol=1e-4)
    median = statistics.median(times)
    print(f"            {named:34} {median:6.2f} ms, {right} of {PROBES} as by brute force")
    return round(median, 2), right / PROBES
