"""The words of all names: what the search compares; nobody's word stays when nobody is called so any more."""

import asyncio
import uuid

import pytest

from support_svc.clients.commands import EditClient, edit_client
from support_svc.clients.queries import possible_duplicates, search_clients


async def words(world):
    return {row["word"] for row in await world.rows("SELECT word FROM client_name_word")}


async def wait_until_one_waits(world, eventually):
    async def somebody_waits():
        return bool(
            await world.rows(
                "SELECT pid FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
        )

    await eventually(somebody_waits)


@pytest.mark.row("C3")
async def test_a_word_that_nobody_is_called_any_more_is_forgotten(world):
    one, other = await world.client("Zdenka", "Quill"), await world.client("Milo", "Quill")
    renamed = EditClient(client_id=one, given_name="Zdena", family_name="Stone-Hill", version=1)
    await world.do(edit_client, renamed)
    assert await words(world) == {"zdena", "stone", "hill", "stonehill", "milo", "quill"}
    assert [line.id for line in (await world.see(search_clients, "quill")).items] == [other]
    assert [line.id for line in (await world.see(search_clients, "stonehill")).items] == [one]


@pytest.mark.row("C3")
async def test_a_word_stays_for_somebody_who_gets_it_at_the_same_moment(world, eventually):
    first = await world.client("Ana", "Quill")
    saving, renaming = await world.database.connect(), await world.database.connect()
    try:
        async with saving.transaction():
            await saving.execute(
                """INSERT INTO client (id, given_name, family_name, name_search, disability, state,
                    created_at, version)
                    VALUES ($1, 'Bo', 'Quill', ' bo quill', 'unknown', 'active', now(), 1)""",
                uuid.uuid4(),
            )
            taken = asyncio.create_task(
                renaming.execute("UPDATE client SET name_search = ' ana stone' WHERE id = $1", first)
            )
            await wait_until_one_waits(world, eventually)
        await taken
    finally:
        await saving.close()
        await renaming.close()
    assert await words(world) == {"ana", "stone", "bo", "quill"}


@pytest.mark.row("C3")
async def test_a_word_that_is_just_being_forgotten_is_written_down_again(world, eventually):
    forgetting = await world.database.connect()
    try:
        await forgetting.execute("INSERT INTO client_name_word (word) VALUES ('quill')")
        async with forgetting.transaction():
            await forgetting.execute("SELECT FROM client_name_word WHERE word = 'quill' FOR UPDATE")
            saving = asyncio.create_task(world.client("Bo", "Quill"))
            await wait_until_one_waits(world, eventually)
            await forgetting.execute("DELETE FROM client_name_word WHERE word = 'quill'")
        saved = await saving
    finally:
        await forgetting.close()
    assert await words(world) == {"bo", "quill"}
    assert [line.id for line in (await world.see(search_clients, "quill")).items] == [saved]


@pytest.mark.row("C3")
async def test_a_word_is_forgotten_when_its_last_two_people_lose_it_at_the_same_moment(world, eventually):
    both = [await world.client(given, "Quill") for given in ("Ana", "Bo")]
    one, other = await world.database.connect(), await world.database.connect()
    rename = "UPDATE client SET name_search = $2 WHERE id = $1"
    try:
        async with one.transaction():
            await one.execute(rename, both[0], " kim")
            second = asyncio.create_task(other.execute(rename, both[1], " lee"))
            await wait_until_one_waits(world, eventually)
        await second
    finally:
        await one.close()
        await other.close()
    assert await words(world) == {"kim", "lee"}


@pytest.mark.row("C3")
@pytest.mark.parametrize(
    ("known", "typed"),
    [
        ("Smith", "Smyth"),
        ("Kathryn", "Catherine"),
        ("Muhammad", "Mohammed"),
        ("Muhammad", "Mohamed"),
        ("Nguyen", "Ngyuen"),
        ("Kristofer", "Christopher"),
        ("Chaikovski", "Tchaikovsky"),
        ("Aleksandr", "Alexander"),
        ("Mckenzy", "Mackenzie"),
        ("Subrahmanyam", "Subramanian"),
    ],
)
async def test_names_that_are_written_differently_are_alike(world, known, typed):
    someone = await world.client("Kim", known)
    assert [line.id for line in await world.see(possible_duplicates, "Kim", typed, None)] == [someone]
    assert [line.id for line in (await world.see(search_clients, typed)).items] == [someone]


@pytest.mark.row("C3")
@pytest.mark.parametrize(
    ("known", "typed"),
    [
        ("Brunetti", "Brandom"),
        ("Vanderzee", "Funderburke"),
        ("Fronczak", "Francesco"),
        ("McFarlin", "McPhearson"),
        ("x" + "o" * 280 + "ks", "x" + "u" * 280 + "ks"),
    ],
)
async def test_long_names_with_the_same_first_consonants_only_are_not_alike(world, known, typed):
    await world.client("Kim", "Stone", other_names=known)
    (sounds,) = await world.rows("SELECT dmetaphone($1) = dmetaphone($2) AS alike", known, typed)
    assert sounds["alike"]
    assert (await world.see(search_clients, typed)).items == []
    assert await world.see(possible_duplicates, "Kim", typed[:100], None) == []
