"""The one lease template of a jurisdiction, in editions of reviewed clauses (T2)."""
