"""The team's list through the API (F3)."""

from typing import Annotated

from fastapi import Query

from chassis.http import ApiRouter, Call
from support_svc.team_list.model import TeamFilter, TeamPage
from support_svc.team_list.queries import team_list

router = ApiRouter(tags=["my day"])


@router.get("/team-list")
async def get_team_list(call: Call, sought: Annotated[TeamFilter, Query()]) -> TeamPage:
    """What is due, overdue and waiting for the team, the soonest first."""
    return await call.ask(team_list, sought)
