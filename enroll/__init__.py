"""The staff kiosk where a face is asked for, not taken."""
