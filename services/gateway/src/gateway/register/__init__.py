"""What this entity's services are told about staff, keys and sessions, as one signed document."""
