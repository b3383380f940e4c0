"""What a check says when it does not hold."""


class Refused(Exception):
    """A check failed: not verified."""

    def __init__(self, check, obj, reason):
        super().__init__(f"{check}: {obj}: {reason}")
        self.check, self.obj, self.reason = check, obj, reason


class Unsupported(Exception):
    """Nothing is said of its truth: exit 2."""


class Bad(Exception):
    """A value is not what the documents ask for; whoever reads it knows where it stands and names the check."""


def need(holds, why="encoding"):
    if not holds:
        raise Bad(why)
