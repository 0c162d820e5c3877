// The left column: workspace, conversations, and who one is.
import { avatar, byId, el } from "./dom.js";

/** Draw the column. `pick` hears which conversation, `become` which person. */
export function showSidebar(state, { channel, unread, pick, become, roster }) {
  byId("team").textContent = state.team.name;
  byId("rail-team").textContent = [...state.team.name][0];
  const rooms = state.channels.filter((one) => one.kind !== "im").sort((one, other) => one.name.localeCompare(other.name));
  const bot = state.users.find((user) => user.id === state.bot.user_id);
  const row = (id, content, { strange = false } = {}) =>
    el(
      "button",
      { type: "button", class: ["conversation", unread.has(id) && "unread"].filter(Boolean).join(" "), "aria-current": id === channel ? "page" : null, title: strange ? "Shared with people outside" : null, on: { click: () => pick(id) } },
      content,
      unread.has(id) ? el("span", { class: "dot" }, el("span", { class: "hidden-words" }, "unread")) : null,
    );
  const room = (one) => row(one.id, [el("span", { class: "sign", "aria-hidden": "true" }, one.is_private ? "🔒" : "#"), el("span", { class: "name" }, one.name), one.is_ext_shared ? el("span", { class: "shared", title: "Shared channel" }, "⇄") : null], { strange: one.is_ext_shared });
  const group = (title, rows) => el("section", {}, el("h3", {}, title), rows);
  const signature = JSON.stringify([rooms.map((one) => [one.id, one.name, unread.has(one.id)]), channel, state.me.id, state.dm, unread.has(state.dm)]);
  const list = byId("conversations");
  if (list.dataset.signature !== signature) {
    const focused = document.activeElement?.closest("#conversations") ? [...list.querySelectorAll("button")].indexOf(document.activeElement) : -1;
    list.dataset.signature = signature;
    list.replaceChildren(
      state.dm ? group("Apps", row(state.dm, [avatar(bot, 20), el("span", { class: "name" }, bot.real_name)])) : "",
      group("Channels", rooms.map(room)),
    );
    if (focused >= 0) list.querySelectorAll("button")[focused]?.focus();
  }
  showPerson(state, become, roster);
}

function showPerson(state, become, roster) {
  byId("person-avatar").replaceChildren(avatar(state.me, 32));
  const select = byId("person");
  const signature = JSON.stringify([roster, state.me.id]);
  if (select.dataset.signature === signature) return;
  select.dataset.signature = signature;
  select.replaceChildren(...roster.map((user) => el("option", { value: user.id, selected: user.id === state.me.id }, describe(user))));
  select.onchange = () => become(select.value);
}

function describe(user) {
  const note = user.is_stranger ? " (other company)" : user.is_restricted || user.is_ultra_restricted ? " (guest)" : "";
  return user.real_name + note;
}
