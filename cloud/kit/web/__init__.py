"""Pages, errors and protection: what every feature's pages stand on."""
