"""A keeper looks after one home by hand: an inspection, its findings, a photo, a refusal, the reports."""

from __future__ import annotations

import io
import os
from collections.abc import Awaitable, Callable

import pytest
from PIL import Image

from testkit.browser import Visitor

Enter = Callable[..., Awaitable[Visitor]]


def _snapshot() -> bytes:
    noise = Image.frombytes("RGB", (320, 240), os.urandom(320 * 240 * 3))
    out = io.BytesIO()
    noise.save(out, "JPEG")
    return out.getvalue()


@pytest.mark.row("U5", "U7", "U10", "W8", "R3", "X2")
async def test_a_keeper_inspects_a_home_and_sees_to_what_was_found(enter: Enter) -> None:
    keeper = await enter("property", "inventory_keeper")
    await keeper.go("/inventory-desk/units?sort=-address")
    await keeper.main.locator("tbody tr a").first.click()
    await keeper.follow("Inspections")
    await keeper.follow("Record an inspection")

    # A kind of inspection is missing: the page shows that and leaves the rest as typed.
    await keeper.page.locator("[name='areas-2-grade']").select_option("poor")
    await keeper.page.locator("[name='areas-2-remark']").fill("The tap drips")
    await keeper.press("Save", status=422)
    await keeper.sees("There is a problem")
    await keeper.choose("Kind of inspection", "Periodic")
    await keeper.press("Save")
    assert await keeper.heading() == "Periodic inspection"

    # What isn't a photo is refused by its content; a photo is shown.
    photo = keeper.page.locator("input[type=file]")
    await photo.set_input_files({"name": "tap.jpg", "mimeType": "image/jpeg", "buffer": b"<html>"})
    await keeper.press("Add the photo", status=422)
    await keeper.sees("This isn't a photo that can be read")
    await keeper.page.go_back()
    await photo.set_input_files({"name": "tap.jpg", "mimeType": "image/jpeg", "buffer": _snapshot()})
    await keeper.fill({"Caption": "Under the sink"})
    await keeper.press("Add the photo")
    shown = keeper.main.get_by_role("img", name="Under the sink")
    assert await shown.evaluate("image => image.complete && image.naturalWidth > 0")

    # The finding opens work; work with a device that would watch the tenant is refused, and that is recorded.
    await keeper.follow("Open maintenance work")
    await keeper.page.locator("[name=type]").select_option("plumbing")
    await keeper.fill({"Description": "New tap, and a nanny cam beside it"})
    await keeper.press("Save", status=422)
    await keeper.sees("Client units must remain private")
    await keeper.fill({"Description": "New tap", "Scheduled cost": "120"})
    await keeper.press("Save")
    await keeper.sees("New tap")

    await keeper.go("/inventory-desk/privacy")
    await keeper.sees("nanny cam")
    for report in ("vacancy", "time-to-relet", "maintenance-cost?by=unit", "privacy"):
        await keeper.go(f"/inventory-desk/reports/{report}")
    await keeper.go("/inventory-desk/reports/vacancy?first=tomorrow&last=yesterday")
    await keeper.sees("There is a problem")


@pytest.mark.row("U1", "U3", "U7", "U10", "R3", "X1", "X2")
async def test_the_pages_of_upkeep_are_fit_to_be_shown_in_french(enter: Enter) -> None:
    keeper = await enter("property", "inventory_keeper")
    await keeper.go("/inventory-desk/units")
    await keeper.follow("Français")
    await keeper.main.locator("tbody tr a").first.click()
    unit = keeper.page.url.removeprefix(keeper.origin)
    for part in (
        "details",
        "maintenance",
        "maintenance/new",
        "photos",
        "inspections",
        "inspections/new",
        "history",
    ):
        await keeper.go(f"{unit}/{part}")
    for page in ("maintenance", "contractors", "contractors/new", "privacy", "reports", "reports/vacancy"):
        await keeper.go(f"/inventory-desk/{page}")
    await keeper.go("/inventory-desk/units?bedrooms_from=beaucoup")
    await keeper.sees("Erreur")
    await keeper.follow("English")
