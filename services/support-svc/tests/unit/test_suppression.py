"""What leaves the organisation shows no figure under five, and none from which one could be worked out."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from support_svc.reports.definitions import PREVENTION_OUTCOMES, STATUSES, report_named
from support_svc.reports.model import Line, Of
from support_svc.reports.suppression import FEWEST, suppressed

PLACEMENTS = report_named("placements")
PARTS = tuple(STATUSES)
few = some.integers(0, 9)


@some.composite
def tables(draw):
    """Lines of placements by program with their total, whose parts are the statuses."""
    lines = []
    for number in range(draw(some.integers(1, 4))):
        parts = {name: draw(few) for name in PARTS}
        services = sum(parts.values())
        people = services + draw(some.integers(0, 9)) if services else 0
        lines.append(
            Line(f"p{number}", None, {"services": services, "households": services, "people": people} | parts)
        )
    names = ("services", "households", "people", *PARTS)
    lines.append(Line(None, None, {name: sum(one.figures[name] for one in lines) for name in names}))
    return lines


def known(shown, lines):
    """Every figure that can be worked out from what is shown: by columns, and by the statuses of a line."""
    grid = [dict(line.figures) for line in shown]
    sums = [
        ((len(grid) - 1, name), [(at, name) for at in range(len(grid) - 1)]) for name in lines[0].figures
    ] + [((at, "services"), [(at, name) for name in PARTS]) for at in range(len(grid))]
    found = True
    while found:
        found = False
        for whole, parts in sums:
            cells = [whole, *parts]
            open_ = [(at, name) for at, name in cells if grid[at][name] is None]
            if len(open_) == 1:
                ((at, name),) = open_
                others = sum(grid[row][column] for row, column in parts if (row, column) != (at, name))
                grid[at][name] = others if (at, name) == whole else grid[whole[0]][whole[1]] - others
                found = True
    return grid


@pytest.mark.row("R5", "W11")
@given(tables())
def test_no_figure_under_five_is_shown_or_can_be_worked_out(lines):
    """Case 52."""
    shown = suppressed(lines, PLACEMENTS)
    for line, worked_out in zip(lines, known(shown, lines), strict=True):
        for name, figure in line.figures.items():
            assert worked_out[name] in (None, figure)
            assert worked_out[name] is None or not 0 < figure < FEWEST, (name, line.key)


@pytest.mark.row("R5", "W11")
@given(tables())
def test_a_line_about_fewer_than_five_people_shows_nothing(lines):
    for line, shown in zip(lines, suppressed(lines, PLACEMENTS), strict=True):
        if 0 < line.figures["people"] < FEWEST:
            assert not any(shown.figures.values())
        assert shown.hidden == {name for name in line.figures if shown.figures[name] != line.figures[name]}


@pytest.mark.row("R5")
def test_large_figures_stay_as_they_are():
    counts = {one.name: 40 for one in PLACEMENTS.measures}
    parts = dict.fromkeys(PARTS, 8)
    lines = [Line("a", None, counts | parts), Line(None, None, counts | parts)]
    assert suppressed(lines, PLACEMENTS) == lines


@pytest.mark.row("R5", "W11")
def test_a_share_or_median_that_would_tell_is_hidden_too():
    housed = report_named("still-housed")
    figures = {"services": 9, "households": 9, "people": 12, "housed": 10, "housed_elsewhere": 0,
               "not_housed": 2, "died": 0, "not_known": 0, "share": 83.3, "share_known": 83.3}  # fmt: skip
    (line,) = suppressed([Line("3", None, figures)], housed)
    assert line.hidden >= {"not_housed", "housed", "share", "share_known"}
    moves = report_named("days-to-move-in")
    figures = {"services": 2, "households": 2, "people": 4, "lower": 3.0, "median": 4.0, "upper": 5.0}
    (line,) = suppressed([Line("2026-01", None, figures)], moves)
    assert line.hidden == set(figures)


@pytest.mark.row("R1", "R5")
def test_reports_are_sound():
    """Measures name measures and outcomes that there are, and the parts of a whole cover every outcome."""
    for name in (
        "placements",
        "still-housed",
        "prevention-outcomes",
        "offers-in-time",
        "subsidies",
        "services",
    ):
        of = report_named(name)
        names = {one.name for one in of.measures}
        assert len(names) == len(of.measures)
        assert {"services", "households", "people"} <= names
        assert set(of.charted) <= names
        assert {one for each in of.sums for one in each} <= names
        for one in of.measures:
            assert set(one.where) <= set(of.outcomes)
            assert {*one.part, *filter(None, (one.whole, one.less))} <= names
            assert one.of is not Of.SHARE or one.whole
    assert set(PREVENTION_OUTCOMES) > {"open", "became_homeless"}
