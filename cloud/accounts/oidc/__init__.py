"""Logging in by the school's own sign-in service (OpenID Connect)."""
