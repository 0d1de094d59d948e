"""The second step of logging in: a code from an app, or a recovery code."""
