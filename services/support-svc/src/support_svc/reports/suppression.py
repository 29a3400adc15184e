"""Hiding small figures in what leaves the organisation, so that nobody is recognised (case 52). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from support_svc.reports.model import Line, Of, Report

FEWEST = 5
"""Fewer people than these are never shown."""
Cell = tuple[int, str]


def suppressed(lines: Sequence[Line], report: Report) -> list[Line]:
    """Return the lines, totals among them, without figures from which fewer than five could be recognised.

    What counts fewer than five is hidden, and all of a line about fewer than five people. Where a hidden
    figure could be worked out from the others of its column, or from the other parts of its line and their
    whole, the smallest other one is hidden as well.
    """
    counts = [one.name for one in report.measures if one.of is Of.COUNT]
    others = [one.name for one in report.measures if one.of is not Of.COUNT]
    hidden: set[Cell] = set()
    for at, line in enumerate(lines):
        few = _is_small(line.figures["people"])
        hidden |= {
            (at, name) for name in counts if _is_small(line.figures[name]) or (few and line.figures[name])
        }
        if few:
            hidden |= {(at, name) for name in others}
    while (more := _another(lines, report, counts, hidden)) is not None:
        hidden.add(more)
    for at in range(len(lines)):
        hidden |= {
            (at, one.name)
            for one in report.measures
            if one.of is Of.SHARE and any((at, name) in hidden for name in (*one.part, one.whole, one.less))
        }
    return [
        replace(
            line,
            figures={name: None if (at, name) in hidden else one for name, one in line.figures.items()},
            hidden=frozenset(name for name in line.figures if (at, name) in hidden),
        )
        for at, line in enumerate(lines)
    ]


def _is_small(figure: object) -> bool:
    return isinstance(figure, int) and 0 < figure < FEWEST


def _another(lines: Sequence[Line], report: Report, counts: list[str], hidden: set[Cell]) -> Cell | None:
    """One more figure that has to be hidden, so that no hidden one can be worked out, or None."""

    def size(cell: Cell) -> int:
        return int(lines[cell[0]].figures[cell[1]] or 0)

    for whole, parts in _sums(lines, report, counts):
        rest = size(whole) - sum(map(size, parts))
        unknown = [cell for cell in (whole, *parts) if cell in hidden]
        alone = len(unknown) == 1 and rest <= 0
        if alone or (not unknown and _is_small(rest)):
            shown = [cell for cell in (*parts, whole) if cell not in hidden and size(cell)]
            if shown:
                return min(shown, key=lambda cell: (size(cell), cell))
    return None


def _sums(lines: Sequence[Line], report: Report, counts: list[str]) -> Iterator[tuple[Cell, list[Cell]]]:
    """Figures that follow from others: the total of a column, and the whole of the parts of a line."""
    for total in [at for at, line in enumerate(lines) if line.key is None]:
        of = [
            at
            for at, line in enumerate(lines)
            if line.key is not None and line.currency == lines[total].currency
        ]
        for name in counts:
            yield (total, name), [(at, name) for at in of]
    for at in range(len(lines)):
        for whole, *parts in report.sums:
            yield (at, whole), [(at, name) for name in parts]
