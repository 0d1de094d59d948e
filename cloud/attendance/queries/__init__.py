"""All SQL of attendance."""
