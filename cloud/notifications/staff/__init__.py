"""What members of staff are told at work, and what each of them has switched off."""
