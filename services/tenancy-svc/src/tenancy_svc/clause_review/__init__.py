"""Clause review (T3): does a text make the tenancy depend on services, treatment, sobriety or programme
rules?
"""
