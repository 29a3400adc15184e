"""Signings on the Front Desk: the list, and attending or not (W4)."""

from uuid import UUID

from fastapi import Response

from deskkit.call import DeskCall, PageCall
from deskkit.router import DeskRouter
from support_svc.signings.commands import AnswerSigning, answer_signing
from support_svc.signings.queries import signing, signings

router = DeskRouter(prefix="/front-desk/signings")


@router.get("", name="signings")
async def page(call: DeskCall, whose: str = "mine") -> Response:
    """Upcoming signings; mine unless everybody's are asked for."""
    mine = whose != "all"
    found = await call.ask(signings, call.actor.subject if mine else None)
    return call.page("signings/list.html", found=found, mine=mine)


@router.get("/{signing_id}", name="signing")
async def record(call: DeskCall, signing_id: UUID) -> Response:
    """A signing and the form to answer it, with what will be sent."""
    one = await call.ask(signing, signing_id)
    initial = {"attendance": one.attendance, "reason": one.absence_reason}
    return _page(call, one, await call.form(AnswerSigning, initial=initial))


@router.post("/{signing_id}")
async def post_answer(call: DeskCall, signing_id: UUID) -> Response:
    """Answer a signing."""
    form = await call.form(AnswerSigning, fixed={"signing": signing_id})
    if await call.carry_out(form, answer_signing):
        return call.redirect("signings", notice=call._("The property entity is informed of your answer."))
    return _page(call, await call.ask(signing, signing_id), form, status=422)


def _page(call: PageCall, one: object, form: object, status: int = 200) -> Response:
    return call.page("signings/answer.html", status=status, one=one, form=form)
