"""The digital-transformation index: how far a school is with teaching and with running itself by software."""
