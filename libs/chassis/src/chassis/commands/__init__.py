"""What `python -m <svc> COMMAND` does. Each module is loaded for its own commands alone: a worker has no use
for a web framework.
"""
