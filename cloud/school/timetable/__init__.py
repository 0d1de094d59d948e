"""Who teaches what to which class, and when."""
