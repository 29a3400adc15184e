"""Generated records for the tests of reports, and the same figures worked out from them in plain Python."""

import datetime as dt
import random
import statistics
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from chassis.actor import Actor
from support_svc.clients.model import Client, Household, HouseholdMember
from support_svc.followups.model import FollowUp, FollowUpOutcome
from support_svc.housing_history.feature import HOUSING_TYPE, REASON_LEFT
from support_svc.housing_history.model import HousingRecord
from support_svc.housing_loss_prevention.feature import REASON_FOR_SERVICE
from support_svc.housing_loss_prevention.model import HousingLossPrevention, Outcome, TenancyRisk
from support_svc.lookups.model import Caseworker
from support_svc.placements.model import Placement, PlacementMember
from support_svc.subsidies.feature import SUBSIDY_REASON
from support_svc.subsidies.model import Subsidy, SubsidyPayment
from trade.dates import months_after

DAY = dt.timedelta(days=1)
OPEN = ("housing_not_secured", "housing_secured", "moved_in")


@dataclass
class Records:
    """What was generated, as plain dictionaries by kind."""

    today: dt.date
    zone: dt.tzinfo
    draw: random.Random
    kind: uuid.UUID
    left: list
    reasons: list
    programs: list
    why: uuid.UUID
    clients: list = field(default_factory=list)
    households: dict = field(default_factory=dict)
    """The household of each client who is in one, on any day."""
    placements: list = field(default_factory=list)
    stays: list = field(default_factory=list)
    follow_ups: list = field(default_factory=list)
    preventions: list = field(default_factory=list)
    risks: list = field(default_factory=list)
    subsidies: list = field(default_factory=list)

    def household(self, client):
        return self.households.get(client, client)


def some_day(draw, first, last):
    return first + draw.randrange((last - first).days + 1) * DAY


async def generate(world, seed, families=24):
    """Write generated records of every kind into the database, and return them."""
    today = world.today
    found = Records(
        today,
        world.runtime.time_zone,
        random.Random(seed),  # noqa: S311 - the same records each time
        kind=await world.value(HOUSING_TYPE, "apartment"),
        left=[await world.value(REASON_LEFT, code) for code in ("deceased", "safety", "moved_by_choice")],
        reasons=[await world.value(REASON_FOR_SERVICE, one) for one in ("rent_arrears", "notice_received")],
        programs=[await world.program("Street outreach"), await world.program("Rapid rehousing"), None],
        why=await world.value(SUBSIDY_REASON, "other"),
    )
    draw = found.draw
    rows = [
        Caseworker(subject=subject, name=name, active=True, listed_at=world.clock.now())
        for subject, name in (("staff-a", "Ana Bell"), ("staff-b", "Bo Lund"))
    ]
    moment = world.clock.now()
    for number in range(families):
        people = []
        home = uuid.uuid4()
        alone = draw.random() < 0.3
        size = 1 if alone else draw.randint(2, 5)
        if not alone:
            rows.append(Household(id=home, formed_on=today - 900 * DAY, version=1))
        for at in range(size):
            person = uuid.uuid4()
            people.append(person)
            rows.append(
                Client(
                    id=person,
                    given_name=f"Given{number}x{at}",
                    family_name=f"Family{number}",
                    date_of_birth=some_day(draw, dt.date(1950, 1, 1), dt.date(2020, 1, 1)),
                    name_search=f"given{number}x{at} family{number}",
                    created_at=moment,
                    version=1,
                )
            )
            found.clients.append(person)
            if not alone:
                found.households[person] = home
                rows.append(
                    HouseholdMember(
                        id=uuid.uuid4(),
                        household_id=home,
                        client_id=person,
                        is_head=at == 0,
                        joined_on=today - 900 * DAY,
                    )
                )
        _case(found, people)
        _prevention(found, people)
    _risks(found)
    _subsidies(found)
    await _write(world, found, rows)
    return found


def _case(found, people):
    """Zero to two placements of a family one after the other, with stays and follow-ups."""
    draw, today = found.draw, found.today
    start = some_day(draw, today - 800 * DAY, today - 300 * DAY)
    for _ in range(draw.randint(0, 2)):
        if start > today - 2 * DAY:
            return
        included = people[: draw.randint(1, len(people))]
        one = {
            "id": uuid.uuid4(),
            "client_id": included[0],
            "people": included,
            "search_started_on": start,
            "program_id": draw.choice(found.programs),
            "caseworker": draw.choice(("staff-a", "staff-b")),
            "secured_on": None,
            "moved_in_on": None,
            "ended_on": None,
            "status": draw.choice((*OPEN, "moved_in", "moved_in", "follow_ups_completed", "failed")),
        }
        found.placements.append(one)
        last = min(today, start + 150 * DAY)
        if one["status"] not in ("housing_not_secured",):
            one["secured_on"] = some_day(draw, start, last)
        if one["status"] in ("moved_in", "follow_ups_completed"):
            one["moved_in_on"] = some_day(draw, one["secured_on"], last)
            ends = [_stay(found, one, person) for person in included]
            if one["status"] == "follow_ups_completed":
                one["ended_on"] = some_day(draw, one["moved_in_on"], today)
            start = max([one["ended_on"] or today, *(day or today for day in ends)]) + DAY
        elif one["status"] == "failed":
            one["ended_on"] = some_day(draw, one["secured_on"], today)
            start = one["ended_on"] + DAY
        if one["status"] in OPEN:
            return


def _stay(found, placement, person):
    draw, today, left = found.draw, found.today, found.left
    started = placement["moved_in_on"]
    ended = some_day(draw, started, today) if draw.random() < 0.45 else None
    reason = draw.choice(left) if ended else None
    stay = {
        "id": uuid.uuid4(),
        "stay": placement["id"],
        "client_id": person,
        "placement_id": placement["id"],
        "started_on": started,
        "ended_on": ended,
        "reason_left_id": reason,
        "died": reason == left[0],
    }
    found.stays.append(stay)
    if ended and not stay["died"] and draw.random() < 0.3 and ended < today:
        # Another home of one's own afterwards, with a gap or without one.
        later = some_day(draw, ended, today)
        over = some_day(draw, later, today) if draw.random() < 0.4 else None
        found.stays.append(
            stay | {"id": uuid.uuid4(), "stay": uuid.uuid4(), "placement_id": None, "started_on": later,
                    "ended_on": over, "reason_left_id": None, "died": False}
        )  # fmt: skip
        ended = over
    for _ in range(draw.randint(0, 4)):
        done = some_day(draw, started, today)
        answer = draw.choice(("yes", "yes", "unable_to_contact", "client_declined_follow_up", "no"))
        found.follow_ups.append(
            {
                "subject": "placement",
                "subject_id": placement["id"],
                "client_id": person,
                "done_on": done,
                "still": answer,
                "elsewhere": draw.random() < 0.4 if answer == "no" else None,
            }
        )
    return ended


def _prevention(found, people):
    """Up to one housing loss prevention of a family, in a home of its own or in that of a placement."""
    draw, today = found.draw, found.today
    if draw.random() < 0.4:
        return
    client = people[0]
    stay = next((one for one in found.stays if one["client_id"] == client), None)
    if stay is None:
        shared = uuid.uuid4()
        for person in people:
            began = some_day(draw, today - 700 * DAY, today - 400 * DAY)
            over = some_day(draw, began, today) if draw.random() < 0.2 and person != client else None
            found.stays.append(
                {"id": uuid.uuid4(), "stay": shared, "client_id": person, "placement_id": None,
                 "started_on": began, "ended_on": over, "reason_left_id": None, "died": False}
            )  # fmt: skip
        stay = next(one for one in found.stays if one["client_id"] == client)
    started = some_day(draw, stay["started_on"], today)
    ended = some_day(draw, started, today) if draw.random() < 0.7 else None
    one = {
        "id": uuid.uuid4(),
        "client_id": client,
        "stay_id": stay["id"],
        "started_on": started,
        "ended_on": ended,
        "outcome": draw.choice(list(Outcome)).value if ended else None,
        "reason_id": draw.choice(found.reasons),
        "program_id": draw.choice(found.programs),
        "caseworker": draw.choice(("staff-a", "staff-b")),
        "risk_source": draw.choice(("caseworker", "notice")),
    }
    found.preventions.append(one)
    if draw.random() < 0.5:
        found.follow_ups.append(
            {"subject": "housing_loss_prevention", "subject_id": one["id"], "client_id": client,
             "done_on": some_day(draw, started, today), "still": "yes", "elsewhere": None}
        )  # fmt: skip


def _risks(found):
    draw, today = found.draw, found.today
    moved = [one for one in found.placements if one["moved_in_on"]]
    for placement in moved:
        for _ in range(draw.randint(0, 2)):
            served = some_day(draw, placement["moved_in_on"], today)
            remedy = served + draw.randint(7, 30) * DAY if draw.random() < 0.8 else None
            # Late in the evening: the day in the organisation's zone isn't the one in UTC.
            offered = dt.datetime.combine(
                served + draw.randint(0, 30) * DAY, dt.time(23, 30), tzinfo=found.zone
            )
            found.risks.append(
                {
                    "risk": uuid.uuid4(),
                    "placement": placement,
                    "kind": draw.choice(("arrears", "conduct")),
                    "landlord": draw.choice(("property", "harbour-homes")),
                    "served_on": served,
                    "offered_at": offered if draw.random() < 0.9 else None,
                    "offered_remedy_by": remedy,
                    "answer": draw.choice(("open", "declined")),
                }
            )


def _subsidies(found):
    draw, today = found.draw, found.today
    cases = [("placement_id", one) for one in found.placements] + [
        ("prevention_id", one) for one in found.preventions
    ]
    for name, case in cases:
        if draw.random() < 0.5:
            continue
        starts = some_day(draw, today - 700 * DAY, today + 30 * DAY)
        ends = some_day(draw, starts, today + 100 * DAY) if draw.random() < 0.6 and starts < today else None
        payments = {}
        for _ in range(draw.randint(0, 4)):
            payments[some_day(draw, today - 700 * DAY, today)] = Decimal(draw.randint(1, 90_000)) / 100
        found.subsidies.append(
            {
                "id": uuid.uuid4(),
                name: case["id"],
                "case": case,
                "client_id": case["client_id"],
                "program_id": draw.choice(found.programs[:2]),
                "kind": draw.choice(("rent_supplement", "arrears")),
                "starts_on": starts,
                "ends_on": ends,
                "currency": draw.choice(("CAD", "CAD", "CAD", "USD")),
                "payments": payments,
                "reason_id": found.why,
            }
        )


async def _write(world, found, rows):
    moment = world.clock.now()
    async with world.runtime.transaction(Actor.system("tests", "support")) as tx:
        tx.session.add_all(rows)
        await tx.session.flush()
        for one in found.placements:
            fields = {name: value for name, value in one.items() if name != "people"}
            tx.session.add(Placement(**fields, currency="CAD", started_at=moment, version=1))
            await tx.session.flush()
            active = one["status"] in OPEN
            tx.session.add_all(
                PlacementMember(
                    placement_id=one["id"], client_id=person, is_head=at == 0, position=at, active=active
                )
                for at, person in enumerate(one["people"])
            )
        await tx.session.flush()
        for one in found.stays:
            fields = {name: value for name, value in one.items() if name != "died"}
            day = one["started_on"]
            tx.session.add(
                HousingRecord(
                    **fields, housing_type_id=found.kind, last_activity_on=day, recorded_at=moment, version=1
                )
            )
        await tx.session.flush()
        for one in found.preventions:
            status = "closed" if one["ended_on"] else "open"
            tx.session.add(HousingLossPrevention(**one, status=status, opened_at=moment, version=1))
        await tx.session.flush()
        for one in found.follow_ups:
            asked = uuid.uuid4()
            tx.session.add(
                FollowUp(
                    id=asked,
                    subject=one["subject"],
                    subject_id=one["subject_id"],
                    client_id=one["client_id"],
                    caseworker="staff-a",
                    due_on=one["done_on"],
                    state="done",
                    done_on=one["done_on"],
                    version=1,
                )
            )
            await tx.session.flush()
            tx.session.add(
                FollowUpOutcome(
                    followup_id=asked,
                    client_id=one["client_id"],
                    still_in_housing=one["still"],
                    housed_elsewhere=one["elsewhere"],
                )
            )
        for one in found.risks:
            fields = {name: value for name, value in one.items() if name != "placement"}
            stage = "notice" if one["offered_at"] else None
            tx.session.add(
                TenancyRisk(
                    **fields,
                    referral=uuid.uuid4(),
                    placement_id=one["placement"]["id"],
                    stage=stage,
                    remedy_by=one["offered_remedy_by"],
                    reported_version=1,
                    reported_at=moment,
                    version=1,
                )
            )
        for one in found.subsidies:
            fields = {name: value for name, value in one.items() if name not in ("case", "payments")}
            tx.session.add(Subsidy(**fields, recorded_at=moment, recorded_by_name="Ana Bell", version=1))
        await tx.session.flush()
        for one in found.subsidies:
            for day, amount in one["payments"].items():
                tx.session.add(
                    SubsidyPayment(
                        id=uuid.uuid4(),
                        subsidy_id=one["id"],
                        due_on=day,
                        outcome="paid",
                        amount=amount,
                        paid_on=day,
                        recorded_at=moment,
                        recorded_by_name="Ana Bell",
                        version=1,
                    )
                )
        await tx.session.flush()


# ------------------------------------------------- the same figures, without SQL
@dataclass
class Fact:
    """One service and one person, as a report counts them."""

    service: object
    household: object
    person: object
    key: object
    outcome: str | None = None
    value: object = None
    currency: str | None = None


def status_then(one, day):
    if one["ended_on"] and one["ended_on"] <= day:
        return one["status"]
    if one["moved_in_on"] and one["moved_in_on"] <= day:
        return "moved_in"
    if one["status"] == "housing_not_secured" or not one["secured_on"] or one["secured_on"] > day:
        return "housing_not_secured"
    return "housing_secured"


def was_open(started, ended, first, last):
    return started <= last and (ended is None or ended >= first)


def facts(found, name, by, first, last):
    """What a report has to count, for a period; `last` isn't in the future."""
    if name == "services":
        usual = {"placements": "status", "prevention-outcomes": "outcome", "subsidies": "program"}
        kinds = {"placements": "placement", "prevention-outcomes": "prevention", "subsidies": "subsidy"}
        return [
            Fact(one.service, one.household, one.person, kinds[part])
            for part, grouping in usual.items()
            for one in facts(found, part, grouping, first, last)
        ]
    return list({"placements": placements, "days-to-move-in": moves, "still-housed": housed,
                 "prevention-outcomes": preventions, "offers-in-time": offers,
                 "subsidies": subsidies}[name](found, by, first, last))  # fmt: skip


def key_of(one, by, **own):
    keys = {"program": str(one["program_id"] or ""), "caseworker": one["caseworker"], **own}
    return keys[by]


def placements(found, by, first, last):
    for one in found.placements:
        if was_open(one["search_started_on"], one["ended_on"], first, last):
            status = status_then(one, last)
            for person in one["people"]:
                home = found.household(one["client_id"])
                yield Fact(one["id"], home, person, key_of(one, by, status=status), status)


def moves(found, by, first, last):
    for one in found.placements:
        if one["moved_in_on"] and first <= one["moved_in_on"] <= last:
            days = (one["moved_in_on"] - one["search_started_on"]).days
            month = f"{one['moved_in_on']:%Y-%m}"
            for person in one["people"]:
                home = found.household(one["client_id"])
                yield Fact(one["id"], home, person, key_of(one, by, month=month), value=days)


def housed(found, by, first, last):
    cases = {one["id"]: one for one in found.placements}
    for stay in found.stays:
        if stay["placement_id"] is None or not first <= stay["started_on"] <= last:
            continue
        case = cases[stay["placement_id"]]
        for months in (3, 6, 12):
            day = months_after(stay["started_on"], months)
            if day <= last:
                state = housed_then(found, stay, day)
                yield Fact(
                    case["id"], found.household(case["client_id"]), stay["client_id"], str(months), state
                )


def housed_then(found, stay, day):
    ended = stay["ended_on"]
    if ended is not None and ended > day:
        return "housed"
    if ended is not None:
        return "died" if stay["died"] else left_by_then(found, stay, day)
    cases = {stay["placement_id"], *(one["id"] for one in found.preventions if one["stay_id"] == stay["id"])}
    seen = [
        one["done_on"]
        for one in found.follow_ups
        if one["subject_id"] in cases and one["client_id"] == stay["client_id"] and one["still"] == "yes"
    ]
    return "housed" if any(one >= day - 14 * DAY for one in seen) else "not_known"


def left_by_then(found, stay, day):
    person = stay["client_id"]
    others = [
        one
        for one in found.stays
        if one["client_id"] == person
        and one["id"] != stay["id"]
        and one["started_on"] <= day
        and (one["ended_on"] is None or one["ended_on"] > day)
    ]
    reported = [
        one
        for one in found.follow_ups
        if one["subject_id"] == stay["placement_id"] and one["client_id"] == person and one["elsewhere"]
    ]
    return "housed_elsewhere" if others or reported else "not_housed"


def people_then(found, prevention):
    own = next(one for one in found.stays if one["id"] == prevention["stay_id"])
    day = prevention["started_on"]
    return {prevention["client_id"]} | {
        one["client_id"]
        for one in found.stays
        if one["stay"] == own["stay"]
        and one["started_on"] <= day
        and (one["ended_on"] is None or one["ended_on"] > day)
    }


def preventions(found, by, first, last):
    for one in found.preventions:
        if was_open(one["started_on"], one["ended_on"], first, last):
            outcome = one["outcome"] if one["ended_on"] and one["ended_on"] <= last else "open"
            own = {"outcome": outcome, "reason": str(one["reason_id"]), "source": one["risk_source"]}
            for person in people_then(found, one):
                yield Fact(
                    one["id"], found.household(one["client_id"]), person, key_of(one, by, **own), outcome
                )


def offers(found, by, first, last):
    for one in found.risks:
        if one["offered_at"] is None or not first <= one["served_on"] <= last:
            continue
        case = one["placement"]
        offered, remedy = one["offered_at"].astimezone(found.zone).date(), one["offered_remedy_by"]
        timing = "no_cure" if remedy is None else "inside" if offered <= remedy else "after"
        key = {"timing": timing, "kind": one["kind"], "landlord": one["landlord"]}[by]
        outcome = one["answer"] if timing == "inside" else f"late_{one['answer']}"
        left = None if remedy is None else (remedy - offered).days
        for person in case["people"]:
            yield Fact(one["risk"], found.household(case["client_id"]), person, key, outcome, left)


def subsidies(found, by, first, last):
    for one in found.subsidies:
        paid = [amount for day, amount in one["payments"].items() if first <= day <= last]
        if not paid and not was_open(one["starts_on"], one["ends_on"], first, last):
            continue
        case = one["case"]
        key = {"program": str(one["program_id"]), "kind": one["kind"], "caseworker": case["caseworker"]}[by]
        for person in case["people"] if "people" in case else people_then(found, case):
            home = found.household(one["client_id"])
            yield Fact(one["id"], home, person, key, None, sum(paid, Decimal()), one["currency"])


def quartile(values, share):
    """The value below which a share of all lies, in a straight line between two of them."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return float(ordered[low]) + (place - low) * (float(ordered[high]) - float(ordered[low]))


def figures(counted, report):
    """The figures of a report from its facts, by key and currency; a total has the key None."""
    lines = defaultdict(list)
    for one in counted:
        lines[one.key, one.currency].append(one)
        if report.total:
            lines[None, one.currency].append(one)
    return {
        line: {each.name: figure(rows, report, each) for each in report.measures}
        for line, rows in lines.items()
    }


def figure(rows, report, measure):
    if measure.of.value == "share":
        part = sum(figure(rows, report, report.measure(name)) for name in measure.part)
        whole = figure(rows, report, report.measure(measure.whole))
        whole -= figure(rows, report, report.measure(measure.less)) if measure.less else 0
        return round(100 * part / whole, 1) if whole else None
    if measure.of.value == "count":
        fitting = [one for one in rows if not measure.where or one.outcome in measure.where]
        return len({getattr(one, measure.unit.column) for one in fitting})
    values = {one.service: one.value for one in rows if one.value is not None}.values()
    if not values:
        return None
    if measure.of.value == "sum":
        return sum(values)
    if measure.of.value == "median":
        return round(float(statistics.median(values)), 1)
    return round(quartile(values, {"lower": 0.25, "upper": 0.75}[measure.of.value]), 1)
