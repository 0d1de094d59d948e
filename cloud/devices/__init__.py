"""The units at gates and doors: who they are and how they are."""
