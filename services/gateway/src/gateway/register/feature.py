"""What this entity's services are told about staff, keys and sessions, as one signed document."""

from chassis.access import Permission
from chassis.feature import Feature

READ_REGISTER = Permission("read_register")

FEATURE = Feature(module=__name__, permissions=(READ_REGISTER,))
