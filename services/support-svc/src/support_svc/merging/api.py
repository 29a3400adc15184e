"""Records of one person through the API (C3).

A request about a client whose record was merged is answered 307: its `Location` has the survivor's id.
"""

from uuid import UUID

from chassis.http import After, ApiRouter, Call, Created
from chassis.paging import Page
from support_svc.merging.commands import (
    MergeChoices,
    MergeClients,
    TwoPeople,
    Undo,
    UndoMerge,
    forget_difference,
    merge_clients,
    note_different_people,
    undo_merge,
)
from support_svc.merging.queries import (
    Different,
    Duplicate,
    MergePreview,
    MergeView,
    PossiblePair,
    SharedFact,
    different_people,
    duplicates_of,
    merge_preview,
    merges_of,
    one_merge,
    possible_duplicates_of_all,
)

router = ApiRouter(tags=["merging"])


@router.get("/possible-duplicates")
async def get_pairs(
    call: Call, because: SharedFact = SharedFact.BIRTH, after: After = None
) -> Page[PossiblePair]:
    """Pairs of records of the same name that share a date of birth, or a telephone number or e-mail."""
    return await call.ask(possible_duplicates_of_all, because, after)


@router.get("/clients/{client_id}/possible-duplicates")
async def get_duplicates(call: Call, client_id: UUID) -> list[Duplicate]:
    """Who may be the same person as a client, the likeliest first."""
    return await call.ask(duplicates_of, client_id)


@router.get("/clients/{client_id}/differences")
async def get_different(call: Call, client_id: UUID) -> list[Different]:
    """Who is known not to be a client."""
    return await call.ask(different_people, client_id)


@router.put("/clients/{client_id}/differences/{other_id}", status_code=204)
async def put_different(call: Call, client_id: UUID, other_id: UUID) -> None:
    """Note that two records are of two people; neither is proposed to be the other any more."""
    await call.perform(note_different_people, TwoPeople(client_id=client_id, other_id=other_id))


@router.delete("/clients/{client_id}/differences/{other_id}", status_code=204)
async def delete_different(call: Call, client_id: UUID, other_id: UUID) -> None:
    """Let two people be proposed as one again."""
    await call.perform(forget_difference, TwoPeople(client_id=client_id, other_id=other_id))


@router.get("/clients/{client_id}/merges")
async def get_merges(call: Call, client_id: UUID) -> list[MergeView]:
    """The records that were merged into a client's."""
    return await call.ask(merges_of, client_id)


@router.get("/clients/{client_id}/merges/preview")
async def get_preview(call: Call, client_id: UUID, merged_id: UUID) -> MergePreview:
    """Two records side by side, with what has to be chosen before they're merged."""
    return await call.ask(merge_preview, client_id, merged_id)


@router.post("/clients/{client_id}/merges", status_code=201)
async def post_merge(call: Call, client_id: UUID, body: MergeChoices) -> Created:
    """Make another record of the same person a part of this client's; its id leads here then."""
    return Created(id=await call.perform(merge_clients, MergeClients(client_id=client_id, **dict(body))))


@router.get("/merges/{merge_id}")
async def get_merge(call: Call, merge_id: UUID) -> MergeView:
    """A merge."""
    return await call.ask(one_merge, merge_id)


@router.post("/merges/{merge_id}/undoing", status_code=204)
async def post_undoing(call: Call, merge_id: UUID, body: Undo) -> None:
    """Make two records again; what was recorded since stays with the person named."""
    await call.perform(undo_merge, UndoMerge(merge_id=merge_id, **dict(body)))
