"""One base for the unit's errors, split by what the caller does about them."""


class EdgeError(Exception):
    """Something the unit can name. The message says what is wrong, where, and what to do."""


class Misconfigured(EdgeError):
    """Start refuses: a person has to change a setting, a file or a model."""


class Unavailable(EdgeError):
    """Not now: the camera, the broker or a sensor is away. Trying again later makes sense."""


class Rejected(EdgeError):
    """This one input is bad and stays bad: a photo, a frame, a row. The rest goes on."""
