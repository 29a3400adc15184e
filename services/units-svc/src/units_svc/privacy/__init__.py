"""Homes are private: nothing that watches the people in them gets into the inventory (U5, W8)."""
