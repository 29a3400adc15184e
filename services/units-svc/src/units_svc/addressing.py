"""The addresses of `trade`, by the name under which migrations that were published import them."""

from trade.addresses import address_key, padded, searchable, street_order, unit_key
from trade.letters import folded as plain

__all__ = ["address_key", "padded", "plain", "searchable", "street_order", "unit_key"]
