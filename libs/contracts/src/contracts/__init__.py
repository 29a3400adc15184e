"""The published language: the only thing the services share about the trade (decision 0004).

Each publisher has a module (`contracts.units`, `contracts.support`, `contracts.tenancy`) whose models are
made of `contracts.words`; `contracts.catalogue` lists them, `contracts.envelope` writes and reads them,
`contracts.border` turns them into what the broker enforces, `contracts.examples` has one of each.
"""
