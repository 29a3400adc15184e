"""Translations read straight from .po files, and dates, money and numbers in the person's own form."""

from deskkit.i18n.catalogue import LANGUAGES, N_, SHARED, Catalogue, load_catalogue
from deskkit.i18n.formats import Formats

__all__ = ["LANGUAGES", "N_", "SHARED", "Catalogue", "Formats", "load_catalogue"]
