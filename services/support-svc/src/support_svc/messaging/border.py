"""The service's part of the broker: its stream, what it may hear, and what it grants to others."""

from contracts.border import OwnBorder
from contracts.words import Service

BORDER = OwnBorder(Service.SUPPORT)
