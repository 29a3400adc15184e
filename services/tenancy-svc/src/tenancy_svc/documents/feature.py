"""Papers about a tenancy: one document as data, shown as a page and written as a PDF (T4, T5)."""

from chassis.feature import Feature

FEATURE = Feature(module=__name__)
