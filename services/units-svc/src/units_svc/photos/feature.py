"""Photos of homes: checked by content, encoded again without metadata, served safely (U3, U10)."""

from chassis.feature import Feature

PHOTO_LIMIT = 48_000_000
"""Bytes: a photo that is too large is refused in the words of its page, if it isn't far too large."""

FEATURE = Feature(module=__name__, body_limits={"/units/": PHOTO_LIMIT})
