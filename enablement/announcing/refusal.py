"""How announcing says no."""


class CannotAnnounce(Exception):
    """This can't be done; the message tells the author, or the reader, why. `field`: the part of the form to blame."""

    def __init__(self, text: str, field: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.field = field
