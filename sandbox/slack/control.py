"""The control endpoints under /_sandbox/: people's acts, faults, clock, records."""

import time

from flask import Blueprint, Response, jsonify, request

from sandbox.slack import acting, control_acts, people
from sandbox.slack.asking import asked, shown, times
from sandbox.slack.delivering import finish_errands
from sandbox.slack.errors import Impossible
from sandbox.slack.reading import pings, visible_text
from sandbox.slack.records import since
from sandbox.slack.screen import screen
from sandbox.slack.sender import deliver_due
from sandbox.slack.state import Slack
from sandbox.slack.workspace import parse_workspace

LONG_POLL_SECONDS = 10.0


def blueprint(slack: Slack) -> Blueprint:
    """Return the control routes."""
    routes = Blueprint("control", __name__, url_prefix="/_sandbox")
    parts = (_world_routes, _people_routes, _look_routes, _trouble_routes, *control_acts.ROUTES)
    for part in parts:
        part(routes, slack)

    @routes.errorhandler(Impossible)
    @routes.errorhandler(ValueError)
    @routes.errorhandler(KeyError)
    @routes.errorhandler(TypeError)
    def refuse(problem: Exception) -> tuple[Response, int]:
        text = f"missing {problem}" if isinstance(problem, KeyError) else str(problem)
        return jsonify(ok=False, error=text), 400

    return routes


def _world_routes(routes: Blueprint, slack: Slack) -> None:
    @routes.get("/workspace")
    def workspace() -> Response:
        with slack.lock:
            return jsonify(slack.workspace.source)

    @routes.post("/workspace")
    def replace_workspace() -> Response:
        slack.load(parse_workspace(asked(), team_id=slack.config.team_id))
        return jsonify(ok=True)


def _people_routes(routes: Blueprint, slack: Slack) -> None:
    @routes.post("/say")
    def say() -> Response:
        sent = asked()
        said = people.say(
            slack,
            sent["user"],
            sent["channel"],
            sent["text"],
            thread_ts=sent.get("thread_ts"),
            times=times(sent),
        )
        return jsonify(ok=True, ts=said.ts, deliveries=shown(said.deliveries))

    @routes.post("/command")
    def command() -> Response:
        sent = asked()
        deliveries = people.give_command(
            slack,
            sent["user"],
            sent["channel"],
            name=sent["command"],
            text=sent.get("text", ""),
            times=times(sent),
        )
        return jsonify(ok=True, deliveries=shown(deliveries))

    @routes.post("/open_dm")
    def open_dm() -> Response:
        channel, deliveries = people.open_app(slack, asked()["user"], tab="messages")
        return jsonify(ok=True, channel=channel.id, deliveries=shown(deliveries))

    @routes.post("/open_home")
    def open_home() -> Response:
        channel, deliveries = people.open_app(slack, asked()["user"], tab="home")
        return jsonify(ok=True, channel=channel.id, deliveries=shown(deliveries))

    @routes.post("/click")
    def click() -> Response:
        sent = asked()
        act = acting.Click(
            user=sent["user"],
            action_id=sent["action_id"],
            channel=sent.get("channel", ""),
            ts=sent.get("ts", ""),
            view_id=sent.get("view_id", ""),
            block_id=sent.get("block_id"),
            value=sent.get("option", sent.get("value")),
            values=sent.get("values"),
        )
        return jsonify(ok=True, deliveries=shown(acting.click(slack, act, times=times(sent))))

    @routes.post("/submit")
    def submit() -> Response:
        sent = asked()
        done = acting.submit(slack, sent["user"], sent["view_id"], sent.get("values", {}), times=times(sent))
        return jsonify(ok=not done.errors, errors=done.errors, deliveries=shown(done.deliveries))

    @routes.post("/close")
    def close() -> Response:
        sent = asked()
        whole = bool(sent.get("whole_stack", False))
        deliveries = acting.close(slack, sent["user"], sent["view_id"], whole_stack=whole)
        return jsonify(ok=True, deliveries=shown(deliveries))


def _look_routes(routes: Blueprint, slack: Slack) -> None:
    @routes.get("/state")
    def state() -> Response:
        user, seen = request.args["as"], request.args.get("since")
        with slack.lock:
            if seen is not None:
                _wait_for_change(slack, int(seen))
            return jsonify(screen(slack, user))

    @routes.get("/received")
    def received() -> Response:
        with slack.lock:
            rows = slack.records.received
            return jsonify(ok=True, last=len(rows), calls=since(rows, int(request.args.get("since", 0))))

    @routes.get("/sent")
    def sent_requests() -> Response:
        with slack.lock:
            rows = slack.records.sent
            return jsonify(ok=True, last=len(rows), requests=since(rows, int(request.args.get("since", 0))))

    @routes.get("/pings")
    def whom_it_pings() -> Response:
        with slack.lock:
            ts, channel = request.args["ts"], request.args.get("channel")
            message = slack.messages.find(channel, ts) if channel else slack.messages.anywhere(ts)
            if message is None:
                raise Impossible(f"there is no message {ts}")
            found = pings(message)
            return jsonify(
                ok=True,
                users=found.users,
                usergroups=found.usergroups,
                broadcasts=found.broadcasts,
                text=visible_text(message, slack.workspace),
            )


def _trouble_routes(routes: Blueprint, slack: Slack) -> None:
    @routes.post("/faults")
    def order_fault() -> Response:
        with slack.lock:
            fault = slack.faults.order(asked())
        return jsonify(
            ok=True, kind=fault.kind, method=fault.method, times=fault.times, seconds=fault.seconds
        )

    @routes.delete("/faults")
    def clear_faults() -> Response:
        with slack.lock:
            slack.faults.clear()
        return jsonify(ok=True)

    @routes.get("/clock")
    def clock() -> Response:
        return jsonify(ok=True, now=slack.clock.now())

    @routes.post("/clock")
    def advance_clock() -> Response:
        # What is under way belongs to the time before: its failures fall due in the time that passes.
        finish_errands(slack)
        with slack.lock:
            slack.clock.advance(float(asked()["advance_seconds"]))
        deliveries = deliver_due(slack)
        slack.touch()
        return jsonify(ok=True, now=slack.clock.now(), deliveries=shown(deliveries))


def _wait_for_change(slack: Slack, seen: int) -> None:
    deadline = time.monotonic() + LONG_POLL_SECONDS
    while slack.revision <= seen and (left := deadline - time.monotonic()) > 0:
        slack.changed.wait(left)
