"""Who a unit is, provably: the school's own certificate authority, claim codes, revocation."""
