"""The code of scripts/install-unit. Standard library only: it runs before there is an environment."""
