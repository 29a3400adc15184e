"""Staff, withdrawn keys and ended sessions, as one signed document for this entity's services."""

from chassis.access import Permission
from chassis.feature import Feature

READ_REGISTER = Permission("read_register")

FEATURE = Feature(module=__name__, permissions=(READ_REGISTER,))
