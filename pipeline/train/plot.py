"""log.jsonl → an SVG with the training and validation curves and the throughput; no plotting package needed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape

Line = tuple[str, list[tuple[float, float]]]
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 270, 64, 120, 34, 46
COLOURS = ("#1f5fa8", "#b3431e", "#3b7d3a", "#7a4aa0", "#8a6d00", "#30808a")
NOT_CURVES = {"step", "lr", "minutes", "examples_per_s", "tokens_per_s", "stage"}


def curves(log: Iterable[Mapping[str, float]]) -> list[Line]:
    """Every measure of the log as (name, [(step, value), …])."""
    found: dict[str, list[tuple[float, float]]] = {}
    for line in log:
        for key, value in line.items():
            if key != "step" and isinstance(value, int | float):
                found.setdefault(key, []).append((line["step"], value))
    return list(found.items())


def render(stages: Sequence[tuple[str, Sequence[Mapping[str, float]]]]) -> str:
    """The whole picture: for each stage (name, log lines) its losses and scores, and its examples per second."""
    panels: list[tuple[str, list[Line]]] = []
    for name, log in stages:
        lines = curves(log)
        scores = [line for line in lines if line[0].startswith("rouge")]
        losses = [line for line in lines if line[0] not in NOT_CURVES and line not in scores]
        panels.append((f"{name}: loss (nats per token)", losses))
        panels += [(f"{name}: validation ROUGE F", scores)] if scores else []
        panels.append((f"{name}: examples per second", [line for line in lines if line[0] == "examples_per_s"]))
    panels = [(title, lines) for title, lines in panels if lines]
    drawn = "".join(_panel(title, lines, i * HEIGHT) for i, (title, lines) in enumerate(panels))
    size = f'width="{WIDTH}" height="{HEIGHT * max(1, len(panels))}"'
    box = f'viewBox="0 0 {WIDTH} {HEIGHT * max(1, len(panels))}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box} font-family="sans-serif" font-size="12">\n'
        f'<rect width="100%" height="100%" fill="#fff"/>\n{drawn}</svg>\n'
    )


def ticks(low: float, high: float, least: int = 3) -> list[float]:
    """Round numbers within the range, `least` or some more: multiples of the greatest 1, 2 or 5 times a 10^n."""
    span = high - low
    if span <= 0:
        return [low]
    unit = 10 ** math.floor(math.log10(span))
    found: list[float] = []
    for step in (unit * m for m in (1, 0.5, 0.2, 0.1)):
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        found = [float(f"{i * step:.12g}") for i in range(first, last + 1)]
        if len(found) >= least:
            break
    return found


def _panel(title: str, lines: Sequence[Line], top: int) -> str:
    xs = [x for _, points in lines for x, _ in points]
    ys = [y for _, points in lines for _, y in points]
    x_low, x_high = 0.0, max(xs)
    y_low, y_high = (min(0.0, min(ys)), max(ys)) if len(lines) == 1 else (min(ys), max(ys))
    y_low, y_high = (y_low, y_high) if y_high > y_low else (y_low - 0.5, y_high + 0.5)

    def at(x: float, y: float) -> tuple[float, float]:
        across = (x - x_low) / max(1e-9, x_high - x_low)
        up = (y - y_low) / (y_high - y_low)
        bottom, plot = top + HEIGHT - BOTTOM, HEIGHT - TOP - BOTTOM
        return round(LEFT + across * (WIDTH - LEFT - RIGHT), 1), round(bottom - up * plot, 1)

    parts = [f'<text x="{LEFT}" y="{top + 20}" font-weight="bold">{escape(title)}</text>\n']
    for y in ticks(y_low, y_high):
        x0, py = at(x_low, y)
        parts.append(f'<line x1="{x0}" x2="{WIDTH - RIGHT}" y1="{py}" y2="{py}" stroke="#ddd"/>')
        parts.append(f'<text x="{x0 - 6}" y="{py + 4}" text-anchor="end">{y:g}</text>\n')
    for x in ticks(x_low, x_high):
        px, py = at(x, y_low)
        parts.append(f'<text x="{px}" y="{py + 18}" text-anchor="middle">{x:g}</text>\n')
    parts.append(f'<text x="{WIDTH - RIGHT + 8}" y="{top + HEIGHT - 4}">step</text>\n')
    parts += _drawn(lines, at)
    return "".join(parts)


def _drawn(lines: Sequence[Line], at: object) -> list[str]:
    """The curves, each with its name at its end; names are kept apart."""
    assert callable(at)
    parts, taken = [], list[float]()
    for number, (name, points) in enumerate(sorted(lines, key=lambda line: -line[1][-1][1])):
        colour = COLOURS[number % len(COLOURS)]
        placed = [at(x, y) for x, y in points]
        path = " ".join(f"{x},{y}" for x, y in placed)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        x, y = placed[-1]
        parts.append(f'<circle cx="{x}" cy="{y}" r="2.5" fill="{colour}"/>')
        y = max([y, *(t + 14 for t in taken[-1:])])
        taken.append(y)
        parts.append(f'<text x="{WIDTH - RIGHT + 16}" y="{y + 4}" fill="{colour}">{escape(name)}</text>\n')
    return parts
