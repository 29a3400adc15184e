"""Importing a table of records, whatever the records: read, compared and written step by step."""
