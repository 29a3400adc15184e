"""`make screenshots` names pages that exist, and the README shows what it makes."""

import re
import sys
from pathlib import Path
from uuid import uuid4

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
import screenshots

ROOT = Path(__file__).resolve().parents[2]

MOST_BYTES = 400_000
"""What the pictures in the repository may weigh together."""


@pytest.mark.parametrize("tour", screenshots.TOURS, ids=lambda tour: str(tour.desk.name))
def test_every_page_that_is_shown_exists(tour: screenshots.Tour) -> None:
    paths = tour.paths()
    assert len(set(paths.values())) == 4
    assert [name for name, path in paths.items() if "{" in path] == ["record"]


def test_a_page_that_no_desk_has_is_found() -> None:
    with pytest.raises(LookupError, match="has no page nowhere"):
        screenshots.path_of(screenshots.FRONT_DESK, "nowhere")


def test_the_address_of_a_record_is_no_form_and_no_page_below_it() -> None:
    record = screenshots.leads_to("/front-desk/placements/{placement_id}")
    assert record.fullmatch(f"/front-desk/placements/{uuid4()}")
    assert not record.fullmatch("/front-desk/placements/new")
    assert not record.fullmatch(f"/front-desk/placements/{uuid4()}/timeline")


def test_the_readme_shows_each_desk_and_the_pictures_stay_small() -> None:
    shown = set(re.findall(r"\(docs/pictures/([\w-]+\.png)\)", (ROOT / "README.md").read_text()))
    made = {f"{tour.desk.prefix.strip('/')}.png" for tour in screenshots.TOURS}
    there = {path.name: path.stat().st_size for path in (ROOT / "docs" / "pictures").glob("*.png")}
    assert shown == made == set(there)
    assert sum(there.values()) < MOST_BYTES
