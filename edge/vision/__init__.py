"""From pixels to a match, one stage a file. Nothing here knows SQL or the network."""
