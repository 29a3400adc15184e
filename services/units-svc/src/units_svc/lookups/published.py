"""The closed words that values of the inventory's lists can stand for outside of it.

They are the same as in the published language; a test of the messaging folder holds the two together.
"""

from units_svc.lookups.model import LookupList

HOUSING_TYPES: tuple[str, ...] = (
    "apartment", "basement_apartment", "studio", "townhouse", "row_house", "duplex", "semi_detached",
    "single_detached", "room", "rooming_house", "shared_home", "co_operative", "seniors_housing",
    "transitional", "supportive", "mobile_home", "other",
)  # fmt: skip
FEATURES: tuple[str, ...] = (
    "barrier_free_entrance", "wheelchair_accessible", "roll_in_shower", "grab_bars", "visual_alarm",
    "ground_floor", "elevator", "intercom", "laundry_in_building", "laundry_in_unit", "air_conditioning",
    "balcony", "furnished", "pets_allowed", "smoke_free", "parking", "visitor_parking", "bicycle_storage",
    "storage_locker", "common_room", "exercise_room", "pool", "playground", "sprinklers", "emergency_power",
    "cooling_room", "recycling", "heat_included", "electricity_included", "water_included",
    "internet_included",
)  # fmt: skip

PUBLISHED_WORDS: dict[LookupList, tuple[str, ...]] = {
    LookupList.HOUSING_TYPE: HOUSING_TYPES,
    LookupList.FEATURE: FEATURES,
}
"""Words by list. Regions are told by a code of the inventory's own."""
