"""How the housing types and features of a published listing are grouped where they are chosen from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

Item = TypeVar("Item")
Groups = Mapping[str, tuple[str, ...]]
OTHERS = "Others"

HOUSING_TYPES: Groups = {
    "Apartments": ("apartment", "basement_apartment", "studio"),
    "Houses": (
        "townhouse", "row_house", "duplex", "semi_detached", "single_detached", "mobile_home",
    ),
    "Rooms and shared homes": ("room", "rooming_house", "shared_home"),
    "Homes of a programme": ("co_operative", "seniors_housing", "transitional", "supportive"),
}  # fmt: skip
"""English words (a msgid) of each group → the codes in it."""

FEATURES: Groups = {
    "Accessibility": (
        "barrier_free_entrance", "wheelchair_accessible", "roll_in_shower", "grab_bars", "visual_alarm",
        "ground_floor", "elevator",
    ),
    "In the home": ("laundry_in_unit", "air_conditioning", "balcony", "furnished"),
    "In the building": (
        "intercom", "laundry_in_building", "pets_allowed", "smoke_free", "parking", "visitor_parking",
        "bicycle_storage", "storage_locker", "common_room", "exercise_room", "pool", "playground",
        "sprinklers", "emergency_power", "cooling_room", "recycling",
    ),
    "Included in the rent": (
        "heat_included", "electricity_included", "water_included", "internet_included",
    ),
}  # fmt: skip


def grouped(items: Iterable[tuple[str, Item]], groups: Groups) -> list[tuple[str, list[Item]]]:
    """(code, item) pairs in their groups, in order; what no group has comes last, empty groups not at all."""
    of_code = {code: words for words, codes in groups.items() for code in codes}
    found: dict[str, list[Item]] = {words: [] for words in (*groups, OTHERS)}
    for code, item in items:
        found[of_code.get(code, OTHERS)].append(item)
    return [(words, members) for words, members in found.items() if members]
