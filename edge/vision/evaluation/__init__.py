"""How well people are told apart, measured on one's own photos: scores in, figures out."""
