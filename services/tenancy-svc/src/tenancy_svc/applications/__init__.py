"""Applications for a home: referred or direct, decided by a closed list of reasons (T1)."""
