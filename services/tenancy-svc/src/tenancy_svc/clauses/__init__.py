"""The organisation's clauses: nothing else goes into a lease template, and two persons approve each."""
