"""What isn't sent yet, and taking it back, over HTTP (X8)."""

from chassis.http.undo import undo_routes

router = undo_routes()
