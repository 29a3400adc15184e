"""How a service is built: use cases, transactions, settings, HTTP, and nothing of any trade."""
