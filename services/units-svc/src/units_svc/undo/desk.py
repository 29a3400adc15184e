"""What isn't sent yet, and taking it back, at the desk (X8)."""

from deskkit.undo import undo_pages

router = undo_pages("/inventory-desk")
