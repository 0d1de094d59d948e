"""Who in a school may log in: invitations, roles, sessions."""
