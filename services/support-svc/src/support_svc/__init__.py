"""support-svc: clients, consents and housing placements of the support organisation (the Front Desk)."""
