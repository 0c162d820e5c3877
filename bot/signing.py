"""What buttons, menus and forms carry is ours: signed where it is sent, verified where it comes back.

Each value of a button or an option is bound to its action_id, and what a view carries to its callback_id: neither can
be made up, nor moved to another button. What was sent before there was a key bears no signature, and still counts.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from enablement.model import SigningKey

# Behind the value: the version of this scheme, and 128 bits as letters.
_MARK, _LETTERS = "~1", 22
ADDED = len(_MARK) + _LETTERS
_OPTIONS = ("options", "initial_options")
# Elements whose values we wrote; those of others are typed.
CHOSEN = frozenset(
    {
        *("button", "overflow", "radio_buttons", "checkboxes"),
        *("static_select", "multi_static_select", "external_select", "multi_external_select"),
    }
)


class Foreign(Exception):
    """Something was pressed or sent that we did not make; `what` is its action_id or callback_id."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Seal:
    """Signs and verifies with the installation's key, which is fetched when it is first needed."""

    def __init__(self, key: Callable[[], SigningKey]) -> None:
        self._fetch = key
        self._known: SigningKey | None = None

    def blocks(self, blocks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Return blocks with all values of their elements signed."""
        return [self._sealed(block) for block in blocks]

    def view(self, view: Mapping[str, Any]) -> dict[str, Any]:
        """Return a view with all values signed, and what it carries."""
        sealed = self._sealed(view)
        if carried := view.get("private_metadata"):
            sealed["private_metadata"] = self.value(str(carried), str(view.get("callback_id") or ""))
        return sealed

    def options(self, found: Mapping[str, Any], action_id: str) -> dict[str, Any]:
        """Return what a menu offers (`options`, or `option_groups`) for this action with its values signed."""
        return self._with_options(found, action_id)

    def value(self, value: str, belongs_to: str) -> str:
        """Return a value with its signature behind it; what is signed already stays as it is."""
        return (
            value
            if self._plain(value, belongs_to) is not None
            else value + self._signature(value, belongs_to)
        )

    def opened(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Return an interaction with the signatures verified and taken off; raises Foreign.

        Without a signature it counts if what it stands in is older than the key.
        """
        is_old = self._is_old(fields)
        opened = dict(fields)
        if view := fields.get("view"):
            opened["view"] = self._opened_view(view, is_old=is_old)
        if actions := fields.get("actions"):
            opened["actions"] = [self._opened_element(one, is_old=is_old) for one in actions]
        if state := fields.get("state"):
            opened["state"] = self._opened_state(state, is_old=is_old)
        return opened

    def _opened_view(self, view: Mapping[str, Any], *, is_old: bool) -> dict[str, Any]:
        callback_id = str(view.get("callback_id") or "")
        opened = dict(view)
        if carried := view.get("private_metadata"):
            opened["private_metadata"] = self._verified(str(carried), callback_id, callback_id, is_old=is_old)
        if state := view.get("state"):
            opened["state"] = self._opened_state(state, is_old=is_old)
        return opened

    def _opened_state(self, state: Mapping[str, Any], *, is_old: bool) -> dict[str, Any]:
        values = {
            block_id: {
                action_id: self._opened_element({**entered, "action_id": action_id}, is_old=is_old)
                for action_id, entered in inputs.items()
            }
            for block_id, inputs in (state.get("values") or {}).items()
        }
        return {**state, "values": values}

    def _opened_element(self, element: Mapping[str, Any], *, is_old: bool) -> dict[str, Any]:
        """Return what was pressed or chosen without signatures; what was typed bears none."""
        opened, action_id = dict(element), str(element.get("action_id") or "")
        if element.get("type") not in CHOSEN:
            return opened

        def verified(part: Mapping[str, Any]) -> dict[str, Any]:
            return {**part, "value": self._verified(str(part["value"]), action_id, action_id, is_old=is_old)}

        if element.get("value"):
            opened = verified(opened)
        if chosen := element.get("selected_option"):
            opened["selected_option"] = verified(chosen)
        if several := element.get("selected_options"):
            opened["selected_options"] = [verified(one) for one in several]
        return opened

    def _verified(self, value: str, belongs_to: str, what: str, *, is_old: bool) -> str:
        plain = self._plain(value, belongs_to)
        if plain is not None:
            return plain
        if is_old and value[-ADDED:][: len(_MARK)] != _MARK:
            return value
        raise Foreign(what)

    def _plain(self, value: str, belongs_to: str) -> str | None:
        """Return a value without its signature, if that is right."""
        plain, signature = value[:-ADDED], value[-ADDED:]
        is_ours = hmac.compare_digest(signature.encode(), self._signature(plain, belongs_to).encode())
        return plain if is_ours else None

    def _signature(self, value: str, belongs_to: str) -> str:
        said = f"{_MARK}\x1f{belongs_to}\x1f{value}".encode()
        digest = hmac.new(self._key().key, said, hashlib.sha256).digest()[:16]
        return _MARK + urlsafe_b64encode(digest).decode().rstrip("=")

    def _is_old(self, fields: Mapping[str, Any]) -> bool:
        """Say whether what was pressed was made before the key; Slack says when, and what it doesn't say is new."""
        container, message, view = (fields.get(name) or {} for name in ("container", "message", "view"))
        # The hash of a view begins with when it was last drawn.
        made = (container.get("message_ts") or message.get("ts") or str(view.get("hash") or "")).partition(
            "."
        )[0]
        return made.isdecimal() and int(made) < int(self._key().born_at.timestamp())

    def _sealed(self, part: Mapping[str, Any]) -> dict[str, Any]:
        """Return a block, element or view with the values of all elements in it signed."""
        sealed = {name: self._inside(value) for name, value in part.items()}
        action_id, kind = part.get("action_id"), part.get("type")
        if not isinstance(action_id, str) or kind not in CHOSEN:
            return sealed
        if kind == "button" and part.get("value"):
            sealed["value"] = self.value(str(part["value"]), action_id)
        return self._with_options(sealed, action_id)

    def _inside(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return self._sealed(value)
        return [self._inside(one) for one in value] if isinstance(value, list | tuple) else value

    def _with_options(self, part: Mapping[str, Any], action_id: str) -> dict[str, Any]:
        def signed(option: Mapping[str, Any]) -> dict[str, Any]:
            return {**option, "value": self.value(str(option["value"]), action_id)}

        changed = dict(part)
        for name in _OPTIONS:
            if part.get(name):
                changed[name] = [signed(one) for one in part[name]]
        if part.get("initial_option"):
            changed["initial_option"] = signed(part["initial_option"])
        if part.get("option_groups"):
            changed["option_groups"] = [
                {**group, "options": [signed(one) for one in group["options"]]}
                for group in part["option_groups"]
            ]
        return changed

    def _key(self) -> SigningKey:
        if self._known is None:
            self._known = self._fetch()
        return self._known


def unsealed(value: str) -> str:
    """Return a value without looking at its signature, for who may not know the key."""
    return value[:-ADDED] if value[-ADDED:][: len(_MARK)] == _MARK else value
