"""The addresses that take and give the bytes of files."""

import io

from flask import Blueprint, Response, request, send_file
from werkzeug.utils import redirect
from werkzeug.wrappers import Response as BaseResponse

from sandbox.slack.file_payloads import is_seen_by_bot
from sandbox.slack.files import File
from sandbox.slack.misfortune import meet_fault
from sandbox.slack.people import person
from sandbox.slack.state import Slack


def blueprint(slack: Slack) -> Blueprint:
    """Return the routes of file bytes."""
    routes = Blueprint("file_bytes", __name__)

    @routes.post("/upload/v1/<file_id>/<secret>")
    def upload(file_id: str, secret: str) -> tuple[str, int]:
        # A form of parts carries the bytes in whichever field; anything else is the bytes: Slack's SDK for Python
        # calls them an urlencoded form.
        content = request.get_data()
        if (sent := next(iter(request.files.values()), None)) is not None:
            content = sent.read()
        with slack.lock:
            file = slack.files.find(file_id)
            if file is None or file.secret != secret or file.content is not None:
                return "no such upload", 404
            if len(content) != file.length:
                return f"expected {file.length} bytes, got {len(content)}", 400
            file.content = content
        return f"OK - {file.length}", 200

    @routes.get("/files-pri/<team_and_id>/<path:name>")
    def private(team_and_id: str, name: str) -> BaseResponse:
        fault = meet_fault(slack, "files-pri")
        if fault is not None and fault.instead is not None:
            return fault.instead
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        may = token == slack.config.bot_token and not slack.token_end and "files:read" in slack.config.scopes
        with slack.lock:
            file = slack.files.published(team_and_id.rpartition("-")[2])
            may = may and file is not None and is_seen_by_bot(slack, file)
        if file is None or file.is_deleted or not may or name.removeprefix("download/") != file.name:
            return redirect("/_signin")
        return _bytes(file)

    @routes.get("/_signin")
    def sign_in() -> Response:
        # Not a refusal: whoever comes without the right token is given this page in place of the bytes.
        return Response("<!doctype html><title>Sign in | Slack</title><h1>Sign in to Slack</h1>")

    @routes.get("/_sandbox/files/<file_id>")
    def seen(file_id: str) -> Response:
        with slack.lock:
            user = person(slack, request.args["as"])
            file = slack.files.published(file_id)
            channels = slack.workspace.channels
            places = [channels[channel] for channel, _ in file.shares] if file else []
        if file is None or file.is_deleted or not any(user.id in place.members for place in places):
            return Response("not shared with you", status=404, mimetype="text/plain")
        return _bytes(file)

    return routes


def _bytes(file: File) -> Response:
    # Never shown as a page of this origin, whatever somebody uploaded; pictures alone are drawn.
    is_picture = file.mimetype in ("image/png", "image/jpeg", "image/gif", "image/webp")
    answer = send_file(
        io.BytesIO(file.content or b""),
        mimetype=file.mimetype if is_picture else "application/octet-stream",
        as_attachment=not is_picture,
        download_name=file.name,
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
