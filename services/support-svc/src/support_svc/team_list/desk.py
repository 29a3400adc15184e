"""The team's list on the Front Desk (F3)."""

from fastapi import Response

from chassis.feature import task_names_of, tasks_of
from deskkit.call import DeskCall
from deskkit.due import TITLES, due_item
from deskkit.router import DeskRouter
from support_svc.lookups.desk import colleagues
from support_svc.team_list.model import TeamFilter
from support_svc.team_list.queries import team_list

router = DeskRouter(prefix="/front-desk/team")


@router.get("", name="team_list")
async def page(call: DeskCall) -> Response:
    """What is due, overdue and waiting for the team."""
    form = call.sought(TeamFilter)
    found = await call.ask(team_list, form.command)
    sentences = tasks_of(call.runtime.features)
    kinds = [(task, call._(name)) for task, name in task_names_of(call.runtime.features).items()]
    lines = [
        {
            **due_item(call, one, sentences[one.task]),
            "whose": found.names.get(one.caseworker, one.caseworker),
            "urgency": TITLES[one.urgency],
        }
        for one in found.items
    ]
    return call.page(
        "team_list/list.html",
        found=found,
        lines=lines,
        wanted=form.command,
        form=form,
        people=await colleagues(call, everybody=True),
        kinds=sorted(kinds, key=lambda kind: kind[1].casefold()),
    )
