"""Sign-in through the organisation's own OpenID Connect provider."""
