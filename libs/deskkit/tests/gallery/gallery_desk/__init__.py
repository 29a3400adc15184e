"""A desk that shows every component, for tests and for looking at."""
