"""The errors the platform answers with, as exceptions."""

_STATUS_BY_CODE = {
    "ENTITY_IS_DELETED": 404,
    "INSUFFICIENT_ACCESS_OR_READONLY": 403,
    "INVALID_SESSION_ID": 401,
    "METHOD_NOT_ALLOWED": 405,
    "NOT_FOUND": 404,
    "REQUEST_LIMIT_EXCEEDED": 403,
    "SERVER_UNAVAILABLE": 503,
    "UNKNOWN_EXCEPTION": 500,
    "UNSUPPORTED_MEDIA_TYPE": 415,
}


class ApiError(Exception):
    """An answer of the platform: its code, its message and the fields it is about."""

    def __init__(self, code: str, message: str, fields: tuple[str, ...] = ()) -> None:
        super().__init__(code, message, fields)
        self.code = code
        self.message = message
        self.fields = fields

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"

    @property
    def status(self) -> int:
        """Return the HTTP status the code goes with."""
        return status_of(self.code)

    def in_answer(self) -> dict[str, object]:
        """Return the error as an element of the list that answers a whole request."""
        described: dict[str, object] = {"message": self.message, "errorCode": self.code}
        if self.fields:
            described["fields"] = list(self.fields)
        return described

    def in_row(self) -> dict[str, object]:
        """Return the error as it stands beside one row of a collection."""
        return {"statusCode": self.code, "message": self.message, "fields": list(self.fields)}


def status_of(code: str) -> int:
    """Return the HTTP status of an error code; 400 unless the code asks for another."""
    return _STATUS_BY_CODE.get(code, 400)


def not_found() -> ApiError:
    """Return the answer to a path or row that is not there, or not for this user."""
    return ApiError("NOT_FOUND", "The requested resource does not exist")
