"""Placements that real commands took to every stage there is, with every fact of a timeline among them."""

import datetime as dt
import io
import uuid
from collections.abc import Awaitable, Callable

import pytest
from PIL import Image

from chassis.actor import Actor
from chassis.erasing import ErasedBefore
from chassis.perform import perform
from importing.steps import ImportCommand, ReceiveFile
from support_svc.client_imports.commands import apply_import, carry_through, receive_file
from support_svc.client_imports.mapping import MAPPINGS
from support_svc.clients.commands import (
    AddMember,
    EditClient,
    FormHousehold,
    RemoveMember,
    add_member,
    edit_client,
    form_household,
    remove_member,
)
from support_svc.clients.feature import GENDER, INDIGENOUS_INDICATOR, RELATIONSHIP
from support_svc.clients.queries import client
from support_svc.consents.commands import GiveConsent, give_consent
from support_svc.consents.model import ConsentType, Consequence, GivenHow, Purpose
from support_svc.contacts.commands import (
    AddContact,
    ChangeContact,
    EndContact,
    add_contact,
    change_contact,
    end_contact,
)
from support_svc.contacts.feature import CONTACT_RELATIONSHIP
from support_svc.contacts.model import Topic
from support_svc.documents.checking import check
from support_svc.documents.commands import (
    AddFile,
    ChangeDocument,
    ChangeNeededDocuments,
    DeleteDocument,
    DeleteFile,
    RecordDocument,
    add_file,
    change_document,
    change_needed_documents,
    delete_document,
    delete_file,
    record_document,
)
from support_svc.documents.feature import DOCUMENT_KIND
from support_svc.followups.commands import (
    CorrectDueDay,
    CorrectFollowUp,
    CorrectLastDay,
    Outcome,
    OutcomeFound,
    RecordFollowUp,
    correct_due_day,
    correct_follow_up,
    correct_last_day,
    record_follow_up,
)
from support_svc.followups.model import Cases, StillInHousing
from support_svc.followups.queries import follow_ups_of
from support_svc.homes.queries import HomeFilter
from support_svc.housing_history.commands import (
    AddHousing,
    ChangeRent,
    CorrectHousing,
    Rent,
    add_housing,
    change_rent,
    correct_housing,
)
from support_svc.housing_history.feature import HOUSING_TYPE, REASON_LEFT
from support_svc.housing_history.queries import housing_history
from support_svc.housing_loss_prevention.commands import (
    AddDebt,
    ChangeDebt,
    ChangePrevention,
    ClosePrevention,
    OpenPrevention,
    Owed,
    RemoveDebt,
    ReopenPrevention,
    add_debt,
    change_debt,
    change_prevention,
    close_prevention,
    open_prevention,
    remove_debt,
    reopen_prevention,
)
from support_svc.housing_loss_prevention.feature import CREDITOR_KIND, REASON_FOR_SERVICE
from support_svc.housing_loss_prevention.model import Outcome as Ended
from support_svc.housing_loss_prevention.queries import prevention
from support_svc.housing_loss_prevention.risks import (
    AddToOpen,
    DeclineOffer,
    TakeUpOffer,
    add_to_open,
    decline_offer,
    take_up_offer,
)
from support_svc.housing_search.commands import HomeOfPlacement, shortlist_home
from support_svc.housing_search.queries import search_for_placement
from support_svc.merging.commands import (
    MergeClients,
    TwoPeople,
    UndoMerge,
    forget_difference,
    merge_clients,
    note_different_people,
    undo_merge,
)
from support_svc.moving_in.commands import CorrectMoveIn, MoveIn, correct_move_in, move_in
from support_svc.placements.commands import (
    ChangePlacement,
    CorrectAttempt,
    RecordAttempt,
    change_placement,
    correct_attempt,
    record_attempt,
)
from support_svc.placements.feature import REASON_NOT_SECURED
from support_svc.plans.commands import (
    AddGoal,
    AddStep,
    ChangeGoal,
    ChangeStep,
    DeleteGoal,
    DeleteStep,
    add_goal,
    add_step,
    change_goal,
    change_step,
    delete_goal,
    delete_step,
)
from support_svc.plans.model import Owes, StepState
from support_svc.programs.commands import add_budget, change_budget, change_program
from support_svc.programs.model import AddBudget, ChangeBudget, ChangeProgram, SubsidyKind
from support_svc.proposals.commands import (
    ProposeHome,
    WithdrawProposal,
    propose_home,
    withdraw_proposal,
)
from support_svc.restrictions.commands import (
    EndNaming,
    LiftRestriction,
    NamePerson,
    RestrictClient,
    TakeOver,
    end_naming,
    lift_restriction,
    name_person,
    restrict_client,
    take_over,
)
from support_svc.restrictions.model import RestrictionReason
from support_svc.retention.carrying_out import ERASE, erase_again
from support_svc.retention.commands import (
    LOOK_OVER,
    DecideErasure,
    EndLegalHold,
    ProposeErasure,
    RefuseErasure,
    SetLegalHold,
    approve_erasure,
    end_legal_hold,
    propose_erasure,
    refuse_erasure,
    set_legal_hold,
)
from support_svc.retention.model import Origin
from support_svc.securing.commands import GiveUpUnit, ReferHousehold, give_up_unit, refer_household
from support_svc.signings.commands import AnswerSigning, answer_signing
from support_svc.signings.model import AbsenceReason, Attendance
from support_svc.subsidies.commands import (
    ChangeRate,
    ChangeSubsidy,
    EndSubsidy,
    RecordPreventionSubsidy,
    RecordSubsidy,
    change_rate,
    change_subsidy,
    end_subsidy,
    record_prevention_subsidy,
    record_subsidy,
)
from support_svc.subsidies.feature import SUBSIDY_REASON
from support_svc.subsidies.payments import (
    CorrectPayment,
    RecordPayment,
    correct_payment,
    record_payment,
)
from support_svc.subsidies.queries import subsidy
from support_svc.viewings.commands import RecordViewing, RemoveViewing, record_viewing, remove_viewing
from support_svc.viewings.feature import REASON_REFUSED
from support_svc.withdrawals.commands import withdraw_with_consequences
from support_svc.withdrawals.model import WithdrawWithConsequences
from testkit.rendered import Scene

DAY = dt.timedelta(days=1)
ADMINISTRATOR = Actor("staff-9", "support", frozenset({"support_administrator"}), "Alex Wren")
NOOR = Actor("staff-new", "support", frozenset({"caseworker"}), "Noor Anders")
TWICE = {"date_of_birth": dt.date(1980, 2, 3)}
FULL = {
    "preferred_name": "Zed",
    "other_names": "Quill",
    "date_of_birth": dt.date(1990, 5, 1),
    "preferred_language": "fr",
    "phones": ["416 555 0142"],
    "emails": ["zdenka@mail.example"],
    "address_line": "1 Elm Street",
    "city": "Toronto",
    "province": "ON",
    "postal_code": "M5A 1A1",
    "comments": "Prefers the telephone",
}


async def everything_recorded(world, given, family):
    """A client of whom everything is recorded."""
    lists = {
        "gender_id": await world.value(GENDER, "woman"),
        "indigenous_id": await world.value(INDIGENOUS_INDICATOR, "not_indigenous"),
    }
    return await world.client(given, family, **FULL, **lists)


async def ids(world, person, wanted, **more):
    """The records of a placement and its client, by the parameters of paths."""
    one = {}
    for name, sql in (
        ("consent_id", "SELECT id FROM consent WHERE client_id = $1 ORDER BY recorded_at LIMIT 1"),
        ("contact_id", "SELECT id FROM contact WHERE client_id = $1 ORDER BY recorded_at LIMIT 1"),
        ("record_id", "SELECT id FROM housing_record WHERE client_id = $1 ORDER BY started_on DESC LIMIT 1"),
    ):
        for row in await world.rows(sql, person):
            one[name] = row["id"]
    for name, sql in (
        (
            "member_id",
            "SELECT client_id AS id FROM placement_member WHERE placement_id = $1 ORDER BY is_head LIMIT 1",
        ),
        ("attempt_id", "SELECT id FROM placement_attempt WHERE placement_id = $1 LIMIT 1"),
        ("follow_up_id", "SELECT id FROM followup WHERE subject_id = $1 ORDER BY due_on LIMIT 1"),
        ("signing_id", "SELECT signing AS id FROM signing WHERE placement_id = $1 LIMIT 1"),
        ("unit", "SELECT unit AS id FROM securing WHERE placement_id = $1 ORDER BY asked_at DESC LIMIT 1"),
    ):
        for row in await world.rows(sql, wanted):
            one[name] = row["id"]
    case = {"cases": Cases.PLACEMENTS.value, "case_id": wanted}
    return {"client_id": person, "placement_id": wanted} | case | one | more


async def change(world, wanted, **changes):
    """Change a placement, and hand it over with it when another caseworker is named."""
    (seen,) = await world.rows("SELECT * FROM placement WHERE id = $1", wanted)
    types = await world.rows(
        "SELECT housing_type_id FROM placement_type_sought WHERE placement_id = $1", wanted
    )
    unchanged = {name: seen[name] for name in ChangePlacement.model_fields if name in seen}
    if seen["monthly_income"] is not None:
        unchanged["monthly_income"] = {"amount": seen["monthly_income"], "currency": seen["currency"]}
    command = ChangePlacement(
        placement_id=wanted,
        housing_types=[one["housing_type_id"] for one in types],
        **{**unchanged, **changes},
    )
    await world.do(change_placement, command)


async def attempt(world, wanted, **fields):
    """An attempt that led to nothing."""
    reason = await world.value(REASON_NOT_SECURED, "client_declined")
    command = RecordAttempt(
        placement_id=wanted, attempted_on=world.today, reason_id=reason, caseworker="staff-7", **fields
    )
    return await world.do(record_attempt, command)


async def correct_final(world, wanted, attempt_id, *, final):
    """Correct whether an attempt was the final one."""
    reason = await world.value(REASON_NOT_SECURED, "client_declined")
    command = CorrectAttempt(
        placement_id=wanted,
        attempt_id=attempt_id,
        attempted_on=world.today,
        caseworker="staff-7",
        reason_id=reason,
        reason="Ticked by mistake",
        final=final,
    )
    await world.do(correct_attempt, command)


async def contacts(world, person):
    """A contact who was changed, and one who was removed."""
    relative = await world.value(CONTACT_RELATIONSHIP, "relative")
    fields = {"client_id": person, "name": "Ana Bell", "relationship_id": relative}
    reached = {"phone": "416 555 0146", "email": "ana@mail.example", "about": list(Topic)}
    one = await world.do(add_contact, AddContact(**fields))
    await world.do(change_contact, ChangeContact(contact_id=one, version=1, **fields, **reached))
    other = await world.do(add_contact, AddContact(client_id=person, name="Former Friend"))
    await world.do(end_contact, EndContact(client_id=person, contact_id=other))


async def one_person_in_two_records(world):
    """Two records that were merged, two that were parted again, and people who are known to be two."""
    person = await world.client("Eli", "Twice", preferred_name="Eli", phones=["416 555 0150"], **TWICE)
    others = [await world.client("Eli", "Twice", phones=["416 555 0150"], **TWICE) for _ in range(4)]
    merges = [await merge(world, person, one) for one in others[:2]]
    supervisor = Actor("staff-8", "support", frozenset({"supervisor"}), "Sam Okafor")
    undoing = UndoMerge(merge_id=merges[1], stays_with=person)
    await world.do(undo_merge, undoing, actor=supervisor)
    for one in others[2:]:
        await world.do(note_different_people, TwoPeople(client_id=person, other_id=one))
    mistake = TwoPeople(client_id=person, other_id=others[3])
    await world.do(forget_difference, mistake, actor=supervisor)
    return Scene("merged", {"client_id": person, "other_id": others[3], "merge_id": merges[0]})


async def merge(world, person, other):
    """Merge two records that say nothing different."""
    seen = [await world.see(client, one) for one in (person, other)]
    command = MergeClients(
        client_id=person, merged_id=other, version=seen[0].version, merged_version=seen[1].version
    )
    return await world.do(merge_clients, command)


async def documents_and_a_plan(world, person):
    """A document of every kind of file, a program that needs it, and a plan; and what was deleted of them."""
    identity = await world.value(DOCUMENT_KIND, "identity")
    given = {
        "kind_id": identity,
        "which": "Passport",
        "needed": True,
        "asked_on": world.today - DAY,
        "have": True,
        "expires_on": world.today + 20 * DAY,
    }
    one = await world.do(record_document, RecordDocument(client_id=person, **given))
    changed = ChangeDocument(document_id=one, version=1, **{**given, "which": "Health card"})
    await world.do(change_document, changed)
    out = io.BytesIO()
    Image.new("RGB", (64, 48)).save(out, "PNG")
    pdf = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\nstartxref\n0\n%%EOF\n"
    picture, paper = [await world.do(add_file, AddFile(one, check(raw))) for raw in (out.getvalue(), pdf)]
    await world.do(delete_file, DeleteFile(document_id=one, file_id=picture))
    other = await world.do(record_document, RecordDocument(client_id=person, **given))
    await world.do(delete_document, DeleteDocument(document_id=other))
    program = await world.program()
    income = await world.value(DOCUMENT_KIND, "income")
    needed = ChangeNeededDocuments(value_id=program, each_adult=[identity], household=[income], version=0)
    await world.do(change_needed_documents, needed, actor=ADMINISTRATOR)
    goal, dropped = [
        await world.do(add_goal, AddGoal(client_id=person, goal=words))
        for words in ("A room with a window", "A garden")
    ]
    await world.do(delete_goal, DeleteGoal(client_id=person, goal_id=dropped))
    again = ChangeGoal(client_id=person, goal_id=goal, goal="A room with two windows", version=1)
    await world.do(change_goal, again)
    owed = {"step": "Call the landlord", "client_id": person, "by_on": world.today + DAY}
    mine, gone, theirs = [
        await world.do(add_step, AddStep(goal_id=goal, owed_by=who, other_name="Harbour House", **owed))
        for who in (Owes.CASEWORKER, Owes.CLIENT, Owes.ANOTHER)
    ]
    await world.do(delete_step, DeleteStep(client_id=person, step_id=gone))
    done = {"owed_by": Owes.ANOTHER, "other_name": "Harbour House", "state": StepState.DONE, "version": 1}
    await world.do(change_step, ChangeStep(step_id=theirs, **owed, **done))
    return {"document_id": one, "file_id": paper, "goal_id": goal, "step_id": mine}


async def view_homes(world, wanted, unit):
    """A home shown, viewed, offered and refused, corrected since, and one recorded by mistake."""
    reason = await world.value(REASON_REFUSED, "location")
    seen = RecordViewing(
        placement_id=wanted,
        unit=unit,
        shown_on=world.today,
        viewed_on=world.today,
        offered_on=world.today,
        refused_on=world.today,
        reason_id=reason,
    )
    await world.do(record_viewing, seen)
    earlier = {"shown_on": world.today - DAY, "version": 1}
    await world.do(record_viewing, seen.model_copy(update=earlier))
    other = await world.home()
    await world.do(record_viewing, RecordViewing(placement_id=wanted, unit=other, shown_on=world.today))
    await world.do(remove_viewing, RemoveViewing(placement_id=wanted, unit=other))
    await world.do(record_viewing, RecordViewing(placement_id=wanted, unit=other, shown_on=world.today))


async def propose_homes(world, wanted):
    """Homes proposed: one given up, one taken in, one known, one refused, one withdrawn, one waiting."""
    given = {
        "placement_id": wanted,
        "inventory": "property",
        "street": "18 Sample Road",
        "city": "Toronto",
        "province": "ON",
        "housing_type": "apartment",
        "landlord_name": "Sample Road Rentals",
    }
    everything = {"bedrooms": 1, "rent": "1290", "unit_number": "2", "building_name": "Sample House"}
    asked = await world.do(
        propose_home, ProposeHome(**given, hold=True, expected_move_in=world.today + 9 * DAY)
    )
    await world.do(withdraw_proposal, WithdrawProposal(placement_id=wanted, request=asked))
    requests = [await world.do(propose_home, ProposeHome(**given, **everything)) for _ in range(5)]
    taken, known, refused, withdrawn, _ = requests
    unit = await world.home()
    answer = {"reason": None, "unit": unit}
    await world.receive("unit_proposal_answered", request=taken, outcome="taken_in", **answer)
    await world.receive("unit_proposal_answered", request=known, outcome="known_already", **answer)
    no = {"outcome": "refused", "unit": None, "reason": "outside_the_area"}
    await world.receive("unit_proposal_answered", request=refused, **no)
    await world.do(withdraw_proposal, WithdrawProposal(placement_id=wanted, request=withdrawn))


async def subsidies(world, wanted):
    """Subsidies of a placement in every state, and the program that funds them; return their ids."""
    today = world.today
    everything = {"kinds": list(SubsidyKind), "starts_on": today - 400 * DAY, "ends_on": today + 400 * DAY}
    program = await world.program("Bridge", **everything)
    named = {"name_en": "Bridge to home", "name_fr": "Passerelle", "version": 1}
    changed = ChangeProgram(program_id=program, **everything, **named)
    await world.do(change_program, changed, actor=ADMINISTRATOR)
    period = {"starts_on": today - 90 * DAY, "ends_on": today + 90 * DAY, "amount": {"amount": "5000"}}
    budget = await world.do(add_budget, AddBudget(program_id=program, **period), actor=ADMINISTRATOR)
    period["amount"] = {"amount": "9000"}
    more = ChangeBudget(program_id=program, budget_id=budget, version=1, **period)
    await world.do(change_budget, more, actor=ADMINISTRATOR)
    given = {
        "placement_id": wanted,
        "program_id": program,
        "starts_on": today - 15 * DAY,
        "reason_id": await world.value(SUBSIDY_REASON, "loss_of_income"),
        "amount": {"amount": "300"},
        "comments": "Asked for twice",
        "kind": SubsidyKind.RENT_SUPPLEMENT,
    }
    one = await world.do(record_subsidy, RecordSubsidy(frequency="weekly", **given))
    first = {"subsidy_id": one, "due_on": today - 15 * DAY}
    await world.do(record_payment, RecordPayment(outcome="paid", paid_on=first["due_on"], **first))
    missed = {"outcome": "missed", "why": "The bank was closed", "reason": "Misread", "version": 1}
    await world.do(correct_payment, CorrectPayment(**missed, **first))
    second = {"subsidy_id": one, "due_on": today - 8 * DAY}
    await world.do(record_payment, RecordPayment(outcome="paid", paid_on=second["due_on"], **second))
    version = (await world.see(subsidy, one)).version
    rate = {"from_on": today, "amount": {"amount": "320"}, "frequency": "monthly"}
    await world.do(change_rate, ChangeRate(subsidy_id=one, version=version, **rate))
    end = EndSubsidy(subsidy_id=one, ends_on=today + 60 * DAY, version=version + 1)
    await world.do(end_subsidy, end)
    edited = {"reason_id": await world.value(SUBSIDY_REASON, "other"), "comments": "Asked for once"}
    await world.do(change_subsidy, ChangeSubsidy(subsidy_id=one, version=version + 2, **edited))
    return {"program_id": program, "budget_id": budget, "subsidy_id": one, "due_on": second["due_on"]}


async def searching(world):
    """Nothing secured: an attempt corrected, a home refused, one given up that was late, one asked for."""
    person = await everything_recorded(world, "Noa", "Searching")
    friend = await world.client("Ari", "Searching", estimated_age=30)
    relationship = await world.value(RELATIONSHIP, "friend")
    await world.do(add_member, AddMember(client_id=person, member_id=friend, relationship_id=relationship))
    await contacts(world, person)
    wanted = await world.placement(
        person,
        friend,
        target_on=world.today + 5 * DAY,
        monthly_income={"amount": "4200", "currency": "CAD"},
        program_id=await world.program(),
        referral_source_id=(
            await world.rows("SELECT id FROM lookup_value WHERE list = 'referral_source' LIMIT 1")
        )[0]["id"],
        referral_organisation="Harbour House",
        referral_person="Dana Roy",
        referral_phone="416 555 0144",
    )
    seen = await world.see(client, person)
    known = {name: getattr(seen, name) for name in EditClient.model_fields if hasattr(seen, name)}
    everything = {**known, **FULL, "city": "Ottawa", "province": "QC", "one_name": False}
    await world.do(edit_client, EditClient(**{**everything, "client_id": person}))
    first = await attempt(world, wanted, comments="The door was shut")
    other = await world.value(REASON_NOT_SECURED, "not_affordable")
    await world.do(
        correct_attempt,
        CorrectAttempt(
            placement_id=wanted,
            attempt_id=first,
            attempted_on=world.today,
            caseworker="staff-7",
            reason_id=other,
            comments="The door was locked",
            reason="Misread",
        ),
    )
    unit = await world.home()
    await world.do(shortlist_home, HomeOfPlacement(placement_id=wanted, unit=unit))
    await view_homes(world, wanted, unit)
    await propose_homes(world, wanted)
    await world.see(search_for_placement, wanted, HomeFilter())
    refused = await world.ask_for(wanted, await world.home())
    (row,) = await world.rows("SELECT unit FROM securing WHERE request = $1", refused)
    await world.receive("unit_refused", request=refused, unit=row["unit"])
    late = await world.ask_for(wanted, await world.home())
    await world.fire("answer_expected", str(late))
    await world.do(give_up_unit, GiveUpUnit(placement_id=wanted))
    world.keys.write_register(
        "support",
        {"sub": "staff-7", "name": "Robin Hale", "roles": ["caseworker"], "active": True},
        {"sub": NOOR.subject, "name": NOOR.name, "roles": ["caseworker"], "active": True},
    )
    await world.app.state.verifier.learn()
    await change(world, wanted, target_on=world.today + 9 * DAY)
    await change(world, wanted, caseworker=NOOR.subject)
    await world.ask_for(wanted, unit)
    recorded = await documents_and_a_plan(world, person)
    scene = await ids(world, person, wanted, unit=unit, **recorded)
    return Scene("searching", {**scene, **await subsidies(world, wanted)})


async def secured(world):
    """A home is held: one replaced by another, its hold ending, the signing moved and declined to attend."""
    person = await everything_recorded(world, "Lou", "Secured")
    cousin = await world.client("Kit", "Secured")
    await world.do(form_household, FormHousehold(head_id=person, member_ids=[cousin]))
    await world.do(remove_member, RemoveMember(client_id=person, member_id=cousin))
    wanted = await world.placement(person, agrees_to_share_contact=GivenHow.WRITTEN)
    await world.held(wanted, await world.home())
    unit = await world.home()
    request = await world.held(wanted, unit)
    referral, signing = await world.referral(request), uuid.uuid4()
    starts = world.clock.now() + 3 * DAY
    await world.receive("application_opened", referral=referral)
    await world.receive("signing_scheduled", referral=referral, signing=signing, starts_at=starts)
    answer = AnswerSigning(
        signing=signing, attendance=Attendance.CANNOT_ATTEND, reason=AbsenceReason.NOBODY_AVAILABLE
    )
    await world.do(answer_signing, answer)
    await world.receive("signing_moved", referral=referral, signing=signing, starts_at=starts + DAY)
    await world.receive("unit_hold_ending", request=request, unit=unit, deadline=world.clock.now() + 10 * DAY)
    await world.fire("hold_deadline", str(request))
    await world.do(
        give_consent, GiveConsent(client_id=person, purpose=Purpose.SHARE_SUBSIDIES, given_on=world.today)
    )
    return Scene("secured", {**await ids(world, person, wanted), **await subsidies(world, wanted)})


async def with_a_third_party(world):
    """A home of a third-party landlord is held, which another inventory than the usual one lists."""
    wanted = await world.placement(await world.client("Ora", "Elsewhere"))
    unit = await world.home(managed_by="third_party", sender="city-inventory")
    await world.held(wanted, unit)
    (row,) = await world.rows("SELECT client_id FROM placement WHERE id = $1", wanted)
    return Scene("with_a_third_party", await ids(world, row["client_id"], wanted))


async def not_referred(world):
    """A home is held that turned out to be the property entity's; two referrals for it were withdrawn."""
    person = await world.client("Ida", "Unreferred", phones=["416 555 0145"])
    wanted = await world.placement(person, agrees_to_share_contact=GivenHow.WRITTEN)
    unit = await world.home(managed_by="third_party")
    request = await world.held(wanted, unit)
    deadline = world.clock.now() + 10 * DAY
    await world.receive(
        "unit_secured", request=request, unit=unit, deadline=deadline, managed_by="property_entity"
    )
    for _ in range(2):
        await world.do(refer_household, ReferHousehold(placement_id=wanted))
        (agreed,) = await world.rows(
            "SELECT id FROM consent WHERE client_id = $1 AND purpose = 'be_housed' AND withdrawn_at IS NULL",
            person,
        )
        withdrawal = WithdrawWithConsequences(
            client_id=person, consent_id=agreed["id"], follows=[Consequence.WITHDRAW_REFERRAL]
        )
        await world.do(withdraw_with_consequences, withdrawal)
        again = GiveConsent(client_id=person, purpose=Purpose.BE_HOUSED, given_on=world.today)
        await world.do(give_consent, again)
    return Scene("not_referred", await ids(world, person, wanted))


async def declined(world):
    """The application was declined after its signing was cancelled, and the consent to share withdrawn."""
    person = await world.client("Sol", "Declined", phones=["416 555 0143"])
    wanted = await world.placement(person, agrees_to_share_contact=GivenHow.WRITTEN)
    request = await world.held(wanted, await world.home())
    referral, signing = await world.referral(request), uuid.uuid4()
    starts = world.clock.now() + 3 * DAY
    await world.receive("signing_scheduled", referral=referral, signing=signing, starts_at=starts)
    await world.receive("signing_cancelled", referral=referral, signing=signing)
    await world.receive("application_declined", referral=referral)
    (sharing,) = await world.rows(
        "SELECT id FROM consent WHERE client_id = $1 AND purpose = 'share_contact_for_tenancy'", person
    )
    withdrawal = WithdrawWithConsequences(
        client_id=person,
        consent_id=sharing["id"],
        follows=[Consequence.FORGET_CONTACT, Consequence.WITHDRAW_REFERRAL],
    )
    await world.do(withdraw_with_consequences, withdrawal)
    return Scene("declined", await ids(world, person, wanted, consent_id=sharing["id"]))


async def failed(world):
    """The hold was released, the tenancy it would have had came after, and the search ended."""
    person = await world.client("Uma", "Failed")
    wanted = await world.placement(person)
    unit = await world.home()
    request = await world.held(wanted, unit)
    await world.receive("unit_released", request=request, unit=unit, reason="deadline_passed")
    await world.receive(
        "referred_tenancy_started", referral=await world.referral(request), unit=unit, start=world.today
    )
    last = await attempt(world, wanted, final=True)
    for final in (False, True):
        await correct_final(world, wanted, last, final=final)
    for purpose, type_ in (
        (Purpose.SHARE_CONTACT_FOR_TENANCY, ConsentType.DECLINED_ANONYMOUS),
        (Purpose.COORDINATE_SERVICES, ConsentType.IMPLIED),
    ):
        given = GiveConsent(
            client_id=person,
            purpose=purpose,
            type=type_,
            given_on=world.today,
            given_how=GivenHow.ELECTRONIC,
            expires_on=world.today + 9 * DAY,
            document_reference="A-17",
        )
        await world.do(give_consent, given)
    again = GiveConsent(client_id=person, purpose=Purpose.BE_HOUSED, given_on=world.today)
    await world.do(give_consent, again)
    return Scene("failed", await ids(world, person, wanted))


async def moved_in(world, *, last=False):
    """A household moved in and was followed up; days corrected, and a member gone. `last`: to the end."""
    head, child = await world.family()
    room = await world.value(HOUSING_TYPE, "room")
    stay = AddHousing(
        client_id=head, housing_type_id=room, started_on=world.today - 90 * DAY, address="9 Oak Road"
    )
    await world.do(add_housing, stay)
    wanted = await world.placement(head, child)
    unit = await world.home()
    request = await world.held(wanted, unit, secured_on=world.today - 5 * DAY)
    referral, signing = await world.referral(request), uuid.uuid4()
    starts = world.clock.now() + DAY
    await world.receive("signing_scheduled", referral=referral, signing=signing, starts_at=starts)
    answer = AnswerSigning(signing=signing, attendance=Attendance.ATTENDING)
    await world.do(answer_signing, answer)
    await world.receive("signing_held", referral=referral, signing=signing, outcome="signed")
    await world.receive("referred_tenancy_started", referral=referral, unit=unit, start=world.today)
    moved = MoveIn(
        placement_id=wanted,
        moved_in_on=world.today,
        next_months=1,
        end_housing=True,
        rent=Rent(amount="900"),
        phone="416 555 0145",
    )
    await world.do(move_in, moved)
    world.clock.advance(10 * DAY)
    earlier = CorrectMoveIn(
        placement_id=wanted, moved_in_on=world.today - 11 * DAY, reason="Wrong line", days_confirmed=True
    )
    await world.do(correct_move_in, earlier)
    now, then = await world.see(housing_history, head)
    dearer = ChangeRent(client_id=head, record_id=now.id, from_date=world.today, rent=Rent(amount="950"))
    await world.do(change_rent, dearer)
    unchanged = {name: getattr(then, name) for name in ("housing_type_id", "ended_on", "version")}
    corrected = CorrectHousing(
        client_id=head, record_id=then.id, started_on=then.started_on - DAY, reason="A day early", **unchanged
    )
    await world.do(correct_housing, corrected)
    world.clock.advance(20 * DAY)
    here = Outcome(client_id=child, still_in_housing=StillInHousing.YES)
    unsure = Outcome(client_id=head, still_in_housing=StillInHousing.UNABLE_TO_CONTACT)
    await world.do(
        record_follow_up,
        RecordFollowUp(
            cases=Cases.PLACEMENTS,
            case_id=wanted,
            done_on=world.today,
            months_since=1,
            outcomes=[here, unsure],
            next_months=2,
            comments="Rang twice",
        ),
    )
    follow_up = (await world.see(follow_ups_of, Cases.PLACEMENTS, wanted))[-1]
    await world.do(
        correct_follow_up,
        CorrectFollowUp(
            cases=Cases.PLACEMENTS,
            case_id=wanted,
            follow_up_id=follow_up.id,
            done_on=world.today - DAY,
            months_since=0,
            outcomes=[OutcomeFound(client_id=head, still_in_housing=StillInHousing.YES)],
            comments="Rang three times",
            reason="It was the Tuesday",
            version=follow_up.version,
        ),
    )
    due = CorrectDueDay(
        cases=Cases.PLACEMENTS, case_id=wanted, due_on=world.today + 9 * DAY, reason="A holiday"
    )
    await world.do(correct_due_day, due)
    world.clock.advance(9 * DAY)
    gone = Outcome(
        client_id=head,
        still_in_housing=StillInHousing.NO,
        reason_left_id=await world.value(REASON_LEFT, "health"),
        housed_elsewhere=True,
    )
    left = RecordFollowUp(
        cases=Cases.PLACEMENTS,
        case_id=wanted,
        done_on=world.today,
        outcomes=[here, gone],
        new_head_id=child,
        child_as_head=True,
        **({"final": True} if last else {"next_months": 3}),
    )
    await world.do(record_follow_up, left)
    if not last:
        last_day = CorrectLastDay(
            placement_id=wanted,
            client_id=head,
            left_on=world.today - 4 * DAY,
            reason="A neighbour reported it",
        )
        await world.do(correct_last_day, last_day)
    return Scene("completed" if last else "moved in", await ids(world, head, wanted, unit=unit))


TOURING = Actor(
    str(uuid.uuid5(uuid.NAMESPACE_URL, "support/Robin Hale")),
    "support",
    frozenset({"supervisor"}),
    "Robin Hale",
)
"""Who goes round the desk."""


async def restricted(world):
    """A client whose record was restricted, taken over and lifted, and is restricted again."""
    person = await world.client("Rae", "Restricted")
    seen = await ids(world, person, await world.placement(person))
    supervisor = Actor("staff-8", "support", frozenset({"supervisor"}), "Sam Okafor")
    for reason in RestrictionReason:
        grant = RestrictClient(client_id=person, reason=reason, note="Threatened", people=["staff-7"])
        granted = await world.do(restrict_client, grant, supervisor)
        over = TakeOver(restriction_id=granted, because="On leave")
        await world.do(take_over, over, TOURING)
        named = NamePerson(client_id=person, person=NOOR.subject, because="Knows the person")
        await world.do(name_person, named, TOURING)
        await world.do(end_naming, EndNaming(client_id=person, person="staff-7"), TOURING)
        if reason is not RestrictionReason.OTHER:
            await world.do(lift_restriction, LiftRestriction(client_id=person, because="Over"), TOURING)
    return Scene("restricted", seen | {"restriction_id": granted})


async def preventing(world):
    """A landlord reports four notices: one taken up, one added to it, one declined, one resolved."""
    person = await world.client("Ivo", "Prevented", phones=["416 555 0147"])
    wanted = await world.placement(person)
    unit = await world.home()
    request = await world.held(wanted, unit)
    referral = await world.referral(request)
    await world.receive("referred_tenancy_started", referral=referral, unit=unit, start=world.today)
    await world.do(move_in, MoveIn(placement_id=wanted, moved_in_on=world.today, next_months=3))
    taken, added, declined, over = (uuid.uuid4() for _ in range(4))
    for risk in (taken, added, declined, over):
        days = {"remedy_by": world.today + 5 * DAY, "next_date": world.today + 9 * DAY}
        await world.receive("tenancy_at_risk", referral=referral, risk=risk, **days)
    await world.receive("tenancy_risk_resolved", referral=referral, risk=over)
    fields = {
        "reason_id": await world.value(REASON_FOR_SERVICE, "rent_arrears"),
        "started_on": world.today,
        "caseworker": "staff-7",
        "program_id": await world.program(),
    }
    taking = TakeUpOffer(risk=taken, first_follow_up_on=world.today, **fields)
    one = await world.do(take_up_offer, taking)
    await world.do(add_to_open, AddToOpen(risk=added))
    await world.do(decline_offer, DeclineOffer(risk=declined))
    seen = await world.see(prevention, one)
    changed = {**fields, "reason_id": await world.value(REASON_FOR_SERVICE, "notice_received")}
    await world.do(change_prevention, ChangePrevention(prevention_id=one, version=seen.version, **changed))
    owed = {
        "prevention_id": one,
        "creditor_kind_id": await world.value(CREDITOR_KIND, "landlord"),
        "owed": Owed(amount="1033.33"),
        "repayment_plan": True,
    }
    debt, paid = await world.do(add_debt, AddDebt(**owed)), await world.do(add_debt, AddDebt(**owed))
    dearer = ChangeDebt(debt_id=debt, version=1, **{**owed, "owed": Owed(amount="1100")})
    await world.do(change_debt, dearer)
    await world.do(remove_debt, RemoveDebt(prevention_id=one, debt_id=paid))
    case = {"cases": Cases.HOUSING_LOSS_PREVENTIONS, "case_id": one}
    here = Outcome(client_id=person, still_in_housing=StillInHousing.YES)
    await world.do(
        record_follow_up, RecordFollowUp(**case, done_on=world.today, outcomes=[here], next_months=1)
    )
    follow_up = (await world.see(follow_ups_of, *case.values()))[-1]
    unsure = OutcomeFound(client_id=person, still_in_housing=StillInHousing.UNABLE_TO_CONTACT)
    correction = CorrectFollowUp(
        **case,
        follow_up_id=follow_up.id,
        done_on=world.today,
        months_since=0,
        outcomes=[unsure],
        reason="Nobody was there",
        version=follow_up.version,
    )
    await world.do(correct_follow_up, correction)
    end = ClosePrevention(prevention_id=one, ended_on=world.today, outcome=Ended.KEPT_WITH_NEW_SUBSIDY)
    await world.do(close_prevention, end)
    await world.do(reopen_prevention, ReopenPrevention(prevention_id=one))
    mine = {"prevention_id": one, "debt_id": debt, "risk": taken, "follow_up_id": follow_up.id}
    found = await ids(world, person, wanted)
    return Scene("preventing", found | mine | {"cases": Cases.HOUSING_LOSS_PREVENTIONS.value, "case_id": one})


async def prevented(world):
    """A housing loss prevention that has ended, of a home that the client found alone, with a subsidy."""
    today = world.today
    person = await world.client("Una", "Prevented")
    kind = await world.value(HOUSING_TYPE, "apartment")
    home = {"housing_type_id": kind, "address": "14 Elm St", "started_on": today - 300 * DAY}
    await world.do(add_housing, AddHousing(client_id=person, **home))
    fields = {
        "reason_id": await world.value(REASON_FOR_SERVICE, "rent_arrears"),
        "started_on": today - 20 * DAY,
        "caseworker": "staff-7",
    }
    one = await world.do(open_prevention, OpenPrevention(client_id=person, **fields))
    period = {"starts_on": today - 400 * DAY, "ends_on": today + 30 * DAY}
    program = await world.program("Riverside fund", kinds=list(SubsidyKind), **period)
    budget = AddBudget(program_id=program, amount={"amount": "900"}, **period)
    await world.do(add_budget, budget, actor=ADMINISTRATOR)
    paid = RecordPreventionSubsidy(
        prevention_id=one,
        program_id=program,
        kind=SubsidyKind.ARREARS,
        starts_on=today - 15 * DAY,
        reason_id=await world.value(SUBSIDY_REASON, "loss_of_income"),
        amount={"amount": "250"},
    )
    subsidy_id = await world.do(record_prevention_subsidy, paid)
    end = ClosePrevention(prevention_id=one, ended_on=today, outcome=Ended.KEPT_WITH_OTHER_HELP)
    await world.do(close_prevention, end)
    case = {"cases": Cases.HOUSING_LOSS_PREVENTIONS.value, "case_id": one}
    return Scene("prevented", {"client_id": person, "prevention_id": one, "subsidy_id": subsidy_id, **case})


SUPERVISOR = Actor("staff-8", "support", frozenset({"supervisor"}), "Sam Okafor")


async def imported(world) -> Scene:
    """A file of clients that was written, another that asks about a day and names somebody twice, and
    consents."""

    async def load(mapping: str, *lines: str) -> uuid.UUID:
        file = io.BytesIO("\n".join(lines).encode())
        received = ReceiveFile(MAPPINGS.named(mapping), file, f"{mapping}.csv")
        import_id = await world.do(receive_file, received, SUPERVISOR)
        await carry_through(world.runtime, SUPERVISOR, import_id)
        return import_id

    async def write(import_id: uuid.UUID) -> None:
        await world.do(apply_import, ImportCommand(import_id), SUPERVISOR)
        await carry_through(world.runtime, SUPERVISOR, import_id)

    header = "client_id,first_name,last_name,dob,phone"
    await write(await load("hifis-clients", header, "A-1,Ilse,Morrow,1980-02-03,250 318 2594"))
    consents = "consent_id,client_id,consent_type,purpose_codes,given_date,notes"
    await write(await load("hifis-consents", consents, "C-1,A-1,explicit,case_mgmt,2024-01-01,"))
    asked = (header, "A-2,Ilse,Morrow,1980-02-03,", "A-3,Bo,Lund,03/04/1990,", "A-4,,,,1", ",Ada,Lund,,")
    return Scene("imported", {"import_id": await load("hifis-clients", *asked), "mapping": "client-list"})


async def everything_erased(world):
    """Somebody erased on each rule, and views that were deleted by themselves."""
    worker = Actor.system("timers", "support")
    again = await world.client("Ona", "Gone")
    await perform(world.runtime, worker, erase_again, ErasedBefore(again))
    for origin in Origin:
        gone = await world.client("Ona", "Gone")
        asked = ProposeErasure(client_id=gone, origin=Origin.OWN_REQUEST, reason="Moves abroad")
        request = await world.do(propose_erasure, asked)
        await world.do(approve_erasure, DecideErasure(client_id=gone, request_id=request), SUPERVISOR)
        # As if the period had been over, and the days of waiting were.
        await world.rows(
            "UPDATE erasure_request SET origin = $1, carried_out_on = $2 WHERE id = $3 RETURNING 1",
            origin.value,
            world.today,
            request,
        )
        await world.fire(ERASE, str(request))
    await world.rows(
        "INSERT INTO access_log (id, at, actor, actor_name, actor_kind, query, record_kind, record_id)"
        " VALUES (uuidv7(), '2001-01-01', 'staff-7', 'Robin Hale', 'staff', 'clients.client', 'client', 'x')"
        " RETURNING 1"
    )
    await world.fire(LOOK_OVER, "")


async def retained(world) -> Scene:
    """A record with holds and erasures that were asked for, and one that is erased."""
    person = await world.client("Nia", "Retained")
    own = {"client_id": person, "origin": Origin.OWN_REQUEST, "reason": "Moves abroad"}
    refused = await world.do(propose_erasure, ProposeErasure(**own))
    why = {"because": "The case is needed", "client_id": person}
    await world.do(refuse_erasure, RefuseErasure(request_id=refused, **why), SUPERVISOR)
    asked = await world.do(propose_erasure, ProposeErasure(**own))
    await world.do(approve_erasure, DecideErasure(client_id=person, request_id=asked), SUPERVISOR)
    ended, hold = [
        await world.do(set_legal_hold, SetLegalHold(until=world.today + 9 * DAY, **why), SUPERVISOR)
        for _ in range(2)
    ]
    await world.do(end_legal_hold, EndLegalHold(hold_id=ended, **why), SUPERVISOR)
    waiting = await world.client("Ola", "Asked")
    await world.do(propose_erasure, ProposeErasure(**{**own, "client_id": waiting}))
    await everything_erased(world)
    await world.rows(
        "INSERT INTO retention_due (client_id, due_on, period, last_on)"
        " VALUES ($1, $2, 'retain_housing', $2) RETURNING 1",
        person,
        world.today,
    )
    return Scene("retained", {"client_id": person, "request_id": asked, "hold_id": hold})


@pytest.fixture
def every_stage(world) -> Callable[[], Awaitable[tuple[Scene, ...]]]:
    """Play a placement to every stage, each with its own people, and return the scenes."""

    async def play() -> tuple[Scene, ...]:
        stages = (
            searching,
            secured,
            with_a_third_party,
            not_referred,
            declined,
            failed,
            moved_in,
            preventing,
            prevented,
        )
        scenes = [await stage(world) for stage in (*stages, one_person_in_two_records)]
        last = await moved_in(world, last=True)
        return (*scenes, last, await imported(world), await restricted(world), await retained(world))

    return play


@pytest.fixture
def two_stages(world) -> Callable[[], Awaitable[tuple[Scene, ...]]]:
    """Play a placement with a home that is held, and one whose household lives in its home."""

    async def play() -> tuple[Scene, ...]:
        return await secured(world), await moved_in(world)

    return play
