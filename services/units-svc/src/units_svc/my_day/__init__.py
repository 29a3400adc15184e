"""The first page of the inventory desk: what is due, and what waits for somebody."""
