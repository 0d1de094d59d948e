"""The school's pupils, as its staff find, add and change them."""
