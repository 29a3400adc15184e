"""The reports that there are: what each counts, in which words (R1)."""

from __future__ import annotations

from chassis.errors import NotFound
from deskkit.i18n import N_
from support_svc.housing_loss_prevention.feature import OUTCOMES, RISK_KINDS, SOURCES
from support_svc.placements.model import PlacementStatus
from support_svc.programs.model import SubsidyKind
from support_svc.reports import facts
from support_svc.reports.model import Chart, Grouping, Measure, Names, Of, Report, Unit, Value

KINDS = {
    "placement": N_("Housing placements"),
    "prevention": N_("Housing loss preventions"),
    "subsidy": N_("Rent subsidies"),
}
STATUSES = {
    PlacementStatus.HOUSING_NOT_SECURED.value: N_("Housing Not Secured"),
    PlacementStatus.HOUSING_SECURED.value: N_("Housing Secured"),
    PlacementStatus.MOVED_IN.value: N_("Moved Into Housing"),
    PlacementStatus.FOLLOW_UPS_COMPLETED.value: N_("Follow-ups Completed"),
    PlacementStatus.FAILED.value: N_("Failed"),
}
MONTHS = {"3": N_("After 3 months"), "6": N_("After 6 months"), "12": N_("After 12 months")}
HOUSED = {
    "housed": N_("In the same home"),
    "housed_elsewhere": N_("Housed elsewhere"),
    "not_housed": N_("Not housed"),
    "died": N_("Deceased"),
    "not_known": N_("Not known"),
}
TIMING = {
    "inside": N_("Before the last day to remedy"),
    "after": N_("After the last day to remedy"),
    "no_cure": N_("A notice that can’t be remedied"),
}
ANSWERS = {"open": N_("Not answered"), "declined": N_("Declined"), "taken_up": N_("Taken up")}
PREVENTION_OUTCOMES = {**OUTCOMES, "open": N_("Still open")}
_OFFERS = {code: words for name, words in ANSWERS.items() for code in (name, f"late_{name}")}

PROGRAM = Grouping(name="program", title=N_("Program"), named=Names.PROGRAM)
CASEWORKER = Grouping(name="caseworker", title=N_("Caseworker"), named=Names.CASEWORKER)

_HOUSEHOLDS = Measure(name="households", title=N_("Households"), unit=Unit.HOUSEHOLDS)
_PEOPLE = Measure(name="people", title=N_("People"), unit=Unit.PEOPLE)
_ONCE = N_(
    "People and households count once in each line and once in the total, however many services they have, "
    "so the lines can add up to more than the total."
)
_HOUSEHOLD = N_(
    "A household is who belongs to one household on record on the last day of the period, or today if that "
    "is earlier. A person in none is a household of their own."
)
_OPEN = N_("What was open on any day of the period counts.")


def _services(title: str) -> Measure:
    return Measure(name="services", title=title)


def _by_outcome(words: dict[str, str]) -> tuple[Measure, ...]:
    """A column for each outcome, for the groupings that aren't the outcome itself."""
    return tuple(Measure(name=code, title=title, where=(code,)) for code, title in words.items())


REPORTS: tuple[Report, ...] = (
    Report(
        name="services",
        title=N_("People, households and services"),
        about=N_("Who was helped in the period, with what kind of help."),
        notes=(_OPEN, N_("A subsidy counts also when only something of it was paid in the period."), _ONCE,
            _HOUSEHOLD),
        groupings=(Grouping(name="kind", title=N_("Kind of service"), words=KINDS),),
        measures=(_services(N_("Services")), _HOUSEHOLDS, _PEOPLE),
        facts=facts.services,
        chart=Chart.BARS,
        charted=("people",),
    ),
    Report(
        name="placements",
        title=N_("Placements by status"),
        about=N_("Where the housing placements of the period stood at its end."),
        notes=(
            _OPEN,
            N_(
                "The status is that of the last day of the period, or of today if that is earlier, by the "
                "days that are recorded now."
            ),
            _ONCE,
            _HOUSEHOLD,
        ),
        groupings=(Grouping(name="status", title=N_("Status"), words=STATUSES), PROGRAM, CASEWORKER),
        measures=(_services(N_("Placements")), _HOUSEHOLDS, _PEOPLE, *_by_outcome(STATUSES)),
        facts=facts.placements,
        chart=Chart.BARS,
        charted=("services",),
        outcomes=STATUSES,
        sums=(("services", *STATUSES),),
    ),
    Report(
        name="days-to-move-in",
        title=N_("Days from search start to move-in"),
        about=N_("How long it took until households that moved in during the period had a home."),
        notes=(
            N_("Each placement counts from its search start date to its move-in date."),
            N_(
                "Half of the placements took no longer than the median, a quarter no longer than the lower "
                "quartile, and three quarters no longer than the upper one."
            ),
            _ONCE,
            _HOUSEHOLD,
        ),
        groupings=(
            Grouping(name="month", title=N_("Month of the move-in"), named=Names.MONTH), PROGRAM, CASEWORKER,
        ),
        measures=(
            _services(N_("Placements")),
            _HOUSEHOLDS,
            _PEOPLE,
            Measure(name="lower", title=N_("Lower quartile, days"), of=Of.LOWER),
            Measure(name="median", title=N_("Median, days"), of=Of.MEDIAN),
            Measure(name="upper", title=N_("Upper quartile, days"), of=Of.UPPER),
        ),
        facts=facts.moves,
        chart=Chart.RANGES,
        charted=("lower", "median", "upper"),
        value=Value.DAYS,
    ),
    Report(
        name="still-housed",
        title=N_("Still housed after 3, 6 and 12 months"),
        about=N_("How people who moved in during the period were housed later."),
        notes=(
            N_("Only people for whom that much time has passed since their own move-in count."),
            N_(
                "In the same home: they left it later, or a follow-up found them there on that day or later, "
                "or at most 14 days before it."
            ),
            N_(
                "Housed elsewhere: they had left by then, and the follow-up says that they are housed "
                "elsewhere, or their housing history shows another home on that day."
            ),
            N_("Not housed: they had left by then, and no other home is on record."),
            N_(
                "Not known: nobody has recorded anything that tells. A follow-up that the client declined, "
                "or somebody who couldn’t be reached, is not known, never not housed."
            ),
            _HOUSEHOLD,
        ),
        groupings=(Grouping(name="months", title=N_("Time since the move-in"), words=MONTHS),),
        measures=(
            _services(N_("Placements")),
            _HOUSEHOLDS,
            _PEOPLE,
            *(
                Measure(name=code, title=title, unit=Unit.PEOPLE, where=(code,))
                for code, title in HOUSED.items()
            ),
            Measure(name="share", title=N_("Housed, of all"), of=Of.SHARE,
                part=("housed", "housed_elsewhere"), whole="people"),
            Measure(name="share_known", title=N_("Housed, of those known"), of=Of.SHARE,
                part=("housed", "housed_elsewhere"), whole="people", less="not_known"),
        ),
        facts=facts.still_housed,
        chart=Chart.PARTS,
        charted=tuple(HOUSED),
        outcomes=HOUSED,
        sums=(("people", *HOUSED),),
        total=False,
    ),
    Report(
        name="prevention-outcomes",
        title=N_("Outcomes of housing loss prevention"),
        about=N_("How housing loss prevention of the period ended."),
        notes=(
            _OPEN,
            N_("People are all who lived in the home when the prevention began."),
            _ONCE,
            _HOUSEHOLD,
        ),
        groupings=(
            Grouping(name="outcome", title=N_("Outcome"), words=PREVENTION_OUTCOMES),
            Grouping(name="source", title=N_("How the risk became known"), words=SOURCES),
            Grouping(name="reason", title=N_("Reason for Service"), named=Names.LOOKUP),
            PROGRAM,
            CASEWORKER,
        ),
        measures=(
            _services(N_("Preventions")),
            _HOUSEHOLDS,
            _PEOPLE,
            Measure(name="kept", title=N_("Kept the housing"),
                where=tuple(code for code in OUTCOMES if code.startswith("kept_"))),
            Measure(name="homeless", title=N_("Became homeless"), where=("became_homeless",)),
            Measure(name="still_open", title=N_("Still open"), where=("open",)),
        ),
        facts=facts.preventions,
        chart=Chart.BARS,
        charted=("services",),
        outcomes=PREVENTION_OUTCOMES,
        sums=(("services", "kept", "homeless", "still_open"),),
    ),
    Report(
        name="offers-in-time",
        title=N_("Offers of help in time"),
        about=N_("How often help with a notice could be offered before the last day to remedy it."),
        notes=(
            N_("Notices that a landlord reported, and that were served in the period."),
            N_(
                "Help is offered from the moment at which the report arrives; its day is compared with the "
                "last day to remedy that was reported then."
            ),
            N_("Declining an offer has no consequence."),
            _ONCE,
            _HOUSEHOLD,
        ),
        groupings=(
            Grouping(name="kind", title=N_("Why the tenancy is at risk"), words=RISK_KINDS),
            Grouping(name="landlord", title=N_("Landlord"), named=Names.PARTY),
            Grouping(name="timing", title=N_("When help was offered"), words=TIMING, hides_parts=True),
        ),
        measures=(
            _services(N_("Notices")),
            _HOUSEHOLDS,
            _PEOPLE,
            Measure(name="in_time", title=N_("Offered in time"), where=tuple(ANSWERS)),
            Measure(name="share", title=N_("Offered in time, of all"), of=Of.SHARE, part=("in_time",),
                whole="services"),
            *(
                Measure(name=code, title=title, where=(code, f"late_{code}"))
                for code, title in ANSWERS.items()
            ),
            Measure(name="median", title=N_("Days left to remedy, median"), of=Of.MEDIAN),
        ),
        facts=facts.offers,
        chart=Chart.BARS,
        charted=("share",),
        outcomes=_OFFERS,
        sums=(("services", *ANSWERS), ("services", "in_time")),
        value=Value.DAYS,
    ),
    Report(
        name="subsidies",
        title=N_("Subsidies by program"),
        about=N_("Which rent subsidies ran in the period, and what was paid of them."),
        notes=(
            N_(
                "Subsidies that ran on any day of the period count, and those of which something was paid in "
                "it. What was paid counts on the day of the payment."
            ),
            N_("A program that has ended is among them."),
            _ONCE,
            _HOUSEHOLD,
        ),
        groupings=(
            PROGRAM,
            Grouping(name="kind", title=N_("Kind of subsidy"),
                words={kind.value: kind.label for kind in SubsidyKind}),
            CASEWORKER,
        ),
        measures=(
            _services(N_("Subsidies")),
            _HOUSEHOLDS,
            _PEOPLE,
            Measure(name="paid", title=N_("Paid"), of=Of.SUM),
        ),
        facts=facts.subsidies,
        chart=Chart.BARS,
        charted=("paid",),
        value=Value.MONEY,
    ),
)  # fmt: skip


def report_named(name: str) -> Report:
    """The report of this name. Raises NotFound."""
    for one in REPORTS:
        if one.name == name:
            return one
    raise NotFound(what="report")
