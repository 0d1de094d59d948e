"""The kiosk: a page with a camera, on the school's own machine."""
