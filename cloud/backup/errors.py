"""What goes wrong with a back-up, for whoever stands before it."""

from cloud.kit.errors import CloudError, Conflict


class Damaged(CloudError):
    """Not as it was written: nothing of it was used."""


class NoKey(CloudError):
    """Sealed, and not for the key that was given."""


class NotEmpty(Conflict):
    """There is something that a restored back-up would replace."""
