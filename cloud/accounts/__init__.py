"""Who may enter: users, sessions, roles."""
