"""People of one organisation and the roles they hold."""
