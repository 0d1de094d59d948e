"""All SQL of biometrics."""
