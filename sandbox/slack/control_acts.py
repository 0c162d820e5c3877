"""More control endpoints: shortcuts, type-ahead, links, files, context, the app's end, sockets, limits."""

from dataclasses import asdict

from flask import Blueprint, Response, jsonify, request

from sandbox.slack import acting, leaving, people, shortcuts, socket_mode, suggesting
from sandbox.slack.asking import asked, shown, times
from sandbox.slack.errors import Impossible
from sandbox.slack.files import MOST_BYTES, File
from sandbox.slack.pace import CHANNEL, TIERS
from sandbox.slack.state import Slack


def _person_routes(routes: Blueprint, slack: Slack) -> None:
    @routes.post("/shortcut")
    def shortcut() -> Response:
        sent = asked()
        deliveries = shortcuts.use_shortcut(
            slack,
            sent["user"],
            sent["callback_id"],
            channel_id=sent.get("channel", ""),
            ts=sent.get("ts", ""),
            times=times(sent),
        )
        return jsonify(ok=True, deliveries=shown(deliveries))

    @routes.post("/suggest")
    def suggest() -> Response:
        sent = asked()
        act = acting.Click(
            user=sent["user"],
            action_id=sent["action_id"],
            channel=sent.get("channel", ""),
            ts=sent.get("ts", ""),
            view_id=sent.get("view_id", ""),
            block_id=sent.get("block_id"),
        )
        found = suggesting.suggest(slack, act, str(sent.get("value", "")))
        return jsonify(
            ok=True,
            options=found.options,
            option_groups=found.option_groups,
            problems=found.problems,
            deliveries=shown(found.deliveries),
        )

    @routes.post("/compose")
    def compose() -> Response:
        sent = asked()
        deliveries = people.compose(slack, sent["user"], sent["channel"], sent["text"])
        return jsonify(ok=True, deliveries=shown(deliveries))

    @routes.post("/look_at")
    def look_at() -> Response:
        sent = asked()
        return jsonify(ok=True, deliveries=shown(people.look_at(slack, sent["user"], sent["entities"])))

    @routes.post("/upload")
    def upload() -> Response:
        sent, content = request.args, request.get_data()
        name = sent.get("filename", "").rpartition("/")[2]
        if not name or not 1 <= len(content) <= MOST_BYTES:
            raise Impossible("a file has a name and at least one byte")
        file = File(
            id=slack.new_id("F"),
            name=name,
            length=len(content),
            user=sent["user"],
            created=slack.clock.now(),
            content=content,
            is_complete=True,
        )
        said = people.say(
            slack,
            sent["user"],
            sent["channel"],
            sent.get("text", ""),
            thread_ts=sent.get("thread_ts"),
            times=1,
            files=[file],
        )
        return jsonify(ok=True, ts=said.ts, file=file.id, deliveries=shown(said.deliveries))

    @routes.post("/delete_file")
    def delete_file() -> Response:
        sent = asked()
        with slack.lock:
            file = slack.files.published(sent["file"])
            if file is None or file.user != people.person(slack, sent["user"]).id or file.is_deleted:
                raise Impossible(f"{sent['user']} has no file {sent['file']} to delete")
            slack.files.delete(file)
            slack.touch()
        return jsonify(ok=True)


def _end_routes(routes: Blueprint, slack: Slack) -> None:
    @routes.post("/uninstall")
    def uninstall() -> Response:
        first = bool(asked().get("tokens_first", False))
        return jsonify(ok=True, deliveries=shown(leaving.uninstall(slack, tokens_first=first)))

    @routes.post("/revoke")
    def revoke() -> Response:
        if slack.token_end:
            raise Impossible("the token is revoked already")
        return jsonify(ok=True, deliveries=shown(leaving.end_token(slack, "token_revoked")))

    @routes.post("/install")
    def install() -> Response:
        with slack.lock:
            slack.token_end = ""
            slack.touch()
        return jsonify(ok=True)


def _line_routes(routes: Blueprint, slack: Slack) -> None:
    @routes.get("/sockets")
    def sockets() -> Response:
        rows = [{"socket": link.number, "leaving": link.is_leaving} for link in slack.sockets.open()]
        return jsonify(ok=True, socket_mode=slack.is_socket_mode, sockets=rows)

    @routes.post("/sockets")
    def steer_sockets() -> Response:
        sent = asked()
        if "socket_mode" in sent:
            slack.is_socket_mode = bool(sent["socket_mode"])
            return jsonify(ok=True, socket_mode=slack.is_socket_mode)
        if sent.get("fault") == "drop":
            return jsonify(ok=True, sockets=socket_mode.drop(slack, number=sent.get("socket")))
        if sent.get("fault") == "disconnect":
            reason = sent.get("reason", "refresh_requested")
            return jsonify(ok=True, sockets=socket_mode.disconnect(slack, reason, number=sent.get("socket")))
        raise Impossible("fault is drop or disconnect")

    @routes.get("/limits")
    def limits() -> Response:
        tiers = {name: asdict(rate) for name, rate in TIERS.items()}
        return jsonify(ok=True, on=slack.pace.is_on, tiers=tiers, per_channel=asdict(CHANNEL))

    @routes.post("/limits")
    def switch_limits() -> Response:
        with slack.lock:
            slack.pace.is_on = bool(asked()["on"])
            slack.pace.forget()
        return jsonify(ok=True, on=slack.pace.is_on)


ROUTES = (_person_routes, _end_routes, _line_routes)
