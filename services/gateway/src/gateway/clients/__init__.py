"""Programs that call the APIs of one organisation."""
