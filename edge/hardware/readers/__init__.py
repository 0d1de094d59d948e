"""Ways to be marked without a face: cards with a QR code or a chip, and fingers."""
