"""The only folder that knows the published contracts."""
