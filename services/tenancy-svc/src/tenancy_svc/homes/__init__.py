"""The service's own copy of the published homes, and the holds on them (P6, U9)."""
