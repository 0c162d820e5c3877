"""How a request that is not taken is refused."""


class Refused(Exception):
    """A request that is not taken; `status` is the 4xx it gets, the message tells its sender why."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
