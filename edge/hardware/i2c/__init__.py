"""The two-wire bus that thermometers hang on."""
