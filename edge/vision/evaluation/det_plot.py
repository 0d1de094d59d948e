"""The DET curve as an SVG file: FNMR over FMR, both logarithmic, so that a tenth of an error is as wide as ten."""

import math
from collections.abc import Iterator

from edge.vision.evaluation.error_rates import DetCurve

WIDTH, HEIGHT = 640, 520
LEFT, RIGHT, TOP, BOTTOM = 80, 30, 50, 60
_GRAY, _INK, _CURVE = "#dddddd", "#222222", "#1a6fb5"


def det_svg(curve: DetCurve, genuine_pairs: int, impostor_pairs: int) -> str:
    """Rates below one comparison of the sample cannot be drawn: the axes end there, and say so."""
    x = _Axis(max(1, impostor_pairs), LEFT, WIDTH - RIGHT)
    y = _Axis(max(1, genuine_pairs), HEIGHT - BOTTOM, TOP)
    path = " L".join(f"{x.at(fmr):.1f} {y.at(fnmr):.1f}" for fmr, fnmr in _steps(curve))
    middle_x, middle_y = (LEFT + WIDTH - RIGHT) / 2, (TOP + HEIGHT - BOTTOM) / 2
    low = max(x.low, y.low)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        'font-family="sans-serif" font-size="13" role="img" aria-label="DET curve">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        _text(middle_x, 22, "Detection error trade-off", size=16),
        _text(middle_x, 40, f"{genuine_pairs} genuine, {impostor_pairs} impostor pairs; the axes end at one pair"),
        *(_line(x.at(rate), TOP, x.at(rate), HEIGHT - BOTTOM) for rate in x.ticks()),
        *(_line(LEFT, y.at(rate), WIDTH - RIGHT, y.at(rate)) for rate in y.ticks()),
        *(_text(x.at(rate), HEIGHT - BOTTOM + 18, _percent(rate)) for rate in x.ticks()),
        *(_text(LEFT - 8, y.at(rate) + 4, _percent(rate), anchor="end") for rate in y.ticks()),
        f'<rect x="{LEFT}" y="{TOP}" width="{WIDTH - RIGHT - LEFT}" height="{HEIGHT - BOTTOM - TOP}" fill="none" '
        f'stroke="{_INK}"/>',
        f'<line x1="{x.at(low):.1f}" y1="{y.at(low):.1f}" x2="{x.at(1):.1f}" y2="{y.at(1):.1f}" stroke="{_INK}" '
        'stroke-dasharray="4 4" stroke-width="0.8"/>',
        f'<path d="M{path}" fill="none" stroke="{_CURVE}" stroke-width="2.5" stroke-linejoin="round"/>',
        _text(middle_x, HEIGHT - 16, "false match rate (FMR): strangers taken for each other"),
        f'<g transform="rotate(-90 20 {middle_y})">'
        + _text(20, middle_y, "false non-match rate (FNMR): not recognised") + "</g>",
        "</svg>",
    ]  # fmt: skip
    return "\n".join(parts) + "\n"


class _Axis:
    """From one comparison of the sample, or a tenth at most, to 1; logarithmic."""

    def __init__(self, comparisons: int, begin: float, end: float) -> None:
        self.low = min(0.1, 1 / comparisons)
        self._begin, self._end = begin, end

    def at(self, rate: float) -> float:
        share = 1 - math.log(max(rate, self.low)) / math.log(self.low)
        return self._begin + share * (self._end - self._begin)

    def ticks(self) -> Iterator[float]:
        for power in range(math.ceil(math.log10(self.low) - 1e-9), 1):
            yield 10.0**power


def _steps(curve: DetCurve) -> Iterator[tuple[float, float]]:
    """Between two measured points nothing was measured: the curve goes there in a step."""
    last = 1.0
    for fmr, fnmr in zip(curve.fmr.tolist(), curve.fnmr.tolist(), strict=True):
        yield fmr, last
        yield fmr, fnmr
        last = fnmr


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{_GRAY}"/>'


def _text(x: float, y: float, words: str, *, anchor: str = "middle", size: int = 13) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{_INK}">{words}</text>'


def _percent(rate: float) -> str:
    return f"{rate * 100:g} %"
