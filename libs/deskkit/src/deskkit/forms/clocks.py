"""A day and a time on a wall clock as one moment, also in the nights when clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, tzinfo

from deskkit.forms.problems import Problem

FOLDS = ("0", "1")
"""Which of the two moments of a repeated hour is meant, as a form posts it: the earlier or the later."""


def local_moments(day: date, clock: time, zone: tzinfo) -> list[datetime]:
    """The moments, earliest first, at which clocks in `zone` show this time on this day.

    One on most days, two in the hour that is repeated when clocks go back, none in the hour that is skipped
    when they go forward.
    """
    earlier, later = (datetime.combine(day, clock.replace(fold=fold), tzinfo=zone) for fold in (0, 1))
    wall = earlier.replace(tzinfo=None)
    standing = [
        moment for moment in (earlier, later) if _on_the_wall(moment.astimezone(UTC).astimezone(zone)) == wall
    ]
    return standing if earlier.utcoffset() != later.utcoffset() else standing[:1]


def moment_at(day: date, clock: time, zone: tzinfo, fold: str | None) -> datetime:
    """The one moment that is meant; `fold` chooses between the two of a repeated hour.

    Raises Problem: `time_skipped` with the first time after the gap, or `time_twice` when `fold` is
    empty.
    """
    moments = local_moments(day, clock, zone)
    if not moments:
        # The offset before the change carries the typed time past the gap.
        after = datetime.combine(day, clock, tzinfo=zone).astimezone(UTC).astimezone(zone)
        raise Problem("time_skipped", on=day, instead=after.time())
    if len(moments) == 1:
        return moments[0]
    if fold not in FOLDS:
        raise Problem("time_twice", on=day)
    return moments[FOLDS.index(fold)]


def _on_the_wall(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None, fold=0)
