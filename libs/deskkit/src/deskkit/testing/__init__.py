"""What tests of desks use: pages parsed as HTML5, translations complete."""

from deskkit.testing.pages import Page, parse_page
from deskkit.testing.translations import missing_translations

__all__ = ["Page", "missing_translations", "parse_page"]
