"""The words that a home's type and features can stand for outside of the inventory.

They are the same as in the published language; a contract test holds the two together.
"""

PUBLISHED_TYPES: tuple[str, ...] = (
    "apartment", "basement_apartment", "studio", "townhouse", "row_house", "duplex", "semi_detached",
    "single_detached", "room", "rooming_house", "shared_home", "co_operative", "seniors_housing",
    "transitional", "supportive", "mobile_home", "other",
)  # fmt: skip
PUBLISHED_FEATURES: tuple[str, ...] = (
    "barrier_free_entrance", "wheelchair_accessible", "roll_in_shower", "grab_bars", "visual_alarm",
    "ground_floor", "elevator", "intercom", "laundry_in_building", "laundry_in_unit", "air_conditioning",
    "balcony", "furnished", "pets_allowed", "smoke_free", "parking", "visitor_parking", "bicycle_storage",
    "storage_locker", "common_room", "exercise_room", "pool", "playground", "sprinklers", "emergency_power",
    "cooling_room", "recycling", "heat_included", "electricity_included", "water_included",
    "internet_included",
)  # fmt: skip
