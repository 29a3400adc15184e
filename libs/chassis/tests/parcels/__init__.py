"""A tiny trade on which the chassis is proven: parcels wait on a shelf, and each is claimed once."""
