"""Tenancies at risk, as their property entities report them to whom the tenant chose (W5, H3)."""

from chassis.bus import Incoming
from chassis.bus.events import Events
from chassis.perform import perform_in
from chassis.tx import Tx
from contracts import tenancy
from support_svc.housing_loss_prevention.model import RiskKind, RiskResolution, RiskStage
from support_svc.housing_loss_prevention.risks import RiskReport, receive_risk

EVENTS = Events()


@EVENTS.on(tenancy.TenancyAtRiskV1)
async def tenancy_at_risk(tx: Tx, incoming: Incoming) -> None:
    """A notice that endangers a tenancy was served, or went a stage further."""
    event = incoming.parse(tenancy.TenancyAtRiskV1)
    report = RiskReport(
        referral=event.referral,
        risk=event.risk,
        sender=incoming.sender,
        version=incoming.version,
        kind=RiskKind(event.kind.value),
        stage=RiskStage(event.stage.value),
        served_on=event.served_on,
        remedy_by=event.remedy_by,
        next_date=event.next_date,
        termination_on=event.termination_on,
    )
    await perform_in(tx, receive_risk, report)


@EVENTS.on(tenancy.TenancyRiskResolvedV1)
async def tenancy_risk_resolved(tx: Tx, incoming: Incoming) -> None:
    """A tenancy is no longer at risk from a notice."""
    event = incoming.parse(tenancy.TenancyRiskResolvedV1)
    report = RiskReport(
        referral=event.referral,
        risk=event.risk,
        sender=incoming.sender,
        version=incoming.version,
        kind=RiskKind(event.kind.value),
        resolution=RiskResolution(event.resolution.value),
        resolved_on=event.resolved_on,
    )
    await perform_in(tx, receive_risk, report)
