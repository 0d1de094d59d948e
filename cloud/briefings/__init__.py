"""What units are told beside templates: names, cards, links, settings, calibration, lessons and bells."""
