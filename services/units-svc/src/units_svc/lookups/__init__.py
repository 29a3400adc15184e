"""Look-up lists of the inventory: bilingual, editable, retired rather than deleted."""
