"""The school's news: written by one, approved by another, read by families."""
