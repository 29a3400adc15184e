"""Signing a lease: arranged, told to the chosen advocate, attested, held (T5, W4)."""
