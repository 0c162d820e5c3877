// The box people type in: messages, mentions, commands.
import { avatar, el } from "./dom.js";
import * as server from "./server.js";
import { toast } from "./toasts.js";

/**
 * Make a composer. `where()` returns {state, me, channel, thread}; call `refresh()` after each change.
 */
export function composer(id, where) {
  const box = el("textarea", { id, rows: 1, autocomplete: "off", "aria-autocomplete": "list", "aria-controls": `${id}-hints` });
  const hints = el("div", { class: "hints", id: `${id}-hints`, role: "listbox", "aria-label": "Suggestions", hidden: true });
  const prompts = el("div", { class: "prompts" });
  const sender = el("button", { type: "submit", class: "send", "aria-label": "Send", disabled: true }, "➤");
  const mention = el("button", { type: "button", class: "quiet", title: "Mention someone", "aria-label": "Mention someone", on: { click: () => insert("@") } }, "@");
  const slash = el("button", { type: "button", class: "quiet", title: "Commands", "aria-label": "Commands", on: { click: () => insert("/") } }, "/");
  const working = el("div", { class: "working", role: "status" });
  const frame = el("form", { class: "composer-frame", on: { submit: send } }, box, el("div", { class: "composer-row" }, mention, slash, el("span", { class: "grow" }), sender));
  const root = el("div", { class: "composer-root" }, prompts, hints, frame, working);
  let offered = [];
  let active = 0;

  box.addEventListener("input", () => (fit(), offer()));
  box.addEventListener("blur", () => setTimeout(() => (hints.hidden = true), 150));
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (!hints.hidden && hintKeys(event)) return;
    if (event.key === "Enter" && !event.shiftKey) event.preventDefault(), frame.requestSubmit();
  });

  function hintKeys(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) active = (active + step + offered.length) % offered.length;
    else if (event.key === "Escape") hints.hidden = true;
    else if (event.key === "Enter" && offered[active].text.trim() === box.value.trim()) return false;
    else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey) take(offered[active]);
    else return false;
    event.preventDefault();
    if (!hints.hidden) drawHints();
    return true;
  }

  function insert(mark) {
    const space = mark === "@" && box.value && !box.value.endsWith(" ") ? " " : "";
    box.value = mark === "/" ? "/" : box.value + space + mark;
    box.focus();
    offer();
    fit();
  }

  function fit() {
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight, 180)}px`;
    sender.disabled = !box.value.trim();
  }

  function offer() {
    const { state, channel, thread } = where();
    const before = box.value.slice(0, box.selectionStart);
    const name = /(?:^|\s)@([\p{L}\p{N}]*)$/u.exec(before);
    const isCommand = /^\/\S*$/.test(before) && !thread;
    if (name) offered = mentionable(state, channel, name[1]).map((user) => ({ user, text: `@${user.real_name} `, cut: name[1].length + 1 }));
    else if (isCommand) {
      const fits = Object.entries(state.commands).filter(([command]) => command.startsWith(before));
      offered = fits.map(([command, hint]) => ({ command, hint, text: `${command} `, cut: before.length }));
    } else offered = [];
    active = 0;
    hints.hidden = offered.length === 0;
    drawHints();
  }

  function drawHints() {
    const rows = offered.map((row, place) => {
      const choose = (event) => (event.preventDefault(), take(row));
      const content = row.user
        ? [avatar(row.user, 24), el("strong", {}, row.user.real_name), row.user.is_bot ? el("span", { class: "app" }, "APP") : null]
        : [el("strong", {}, row.command), el("span", { class: "sub" }, row.hint)];
      return el("div", { class: "hint-row", role: "option", "aria-selected": String(place === active), on: { mousedown: choose } }, content);
    });
    hints.replaceChildren(...rows);
  }

  function take(row) {
    const at = box.selectionStart;
    box.setRangeText(row.text, at - row.cut, at, "end");
    hints.hidden = true;
    box.focus();
    fit();
  }

  async function send(event) {
    event.preventDefault();
    const typed = box.value.trim();
    if (!typed) return;
    box.value = "";
    hints.hidden = true;
    fit();
    await deliver(typed);
  }

  async function deliver(typed) {
    const { state, me, channel, thread } = where();
    const [, name, text] = /^(\/\S+)\s*([\s\S]*)$/.exec(typed) ?? [];
    working.textContent = name ? `Running ${name}…` : "";
    try {
      if (name && !thread) await server.command({ user: me, channel: channel.id, command: name, text });
      else await server.say({ user: me, channel: channel.id, text: encode(typed, state), thread_ts: thread });
    } catch (problem) {
      // A command that fails is told by a banner of Slack's own.
      if (!name) toast(problem.message);
    } finally {
      working.textContent = "";
    }
  }

  function refresh() {
    const { channel, thread, state } = where();
    const inDm = channel.kind === "im";
    box.placeholder = thread ? "Reply…" : inDm ? `Message ${state.bot.name}` : `Message #${channel.name}`;
    box.setAttribute("aria-label", box.placeholder);
    slash.hidden = Boolean(thread);
    const rows = thread ? [] : channel.prompts.prompts;
    const signature = JSON.stringify(channel.prompts);
    if (prompts.dataset.signature === signature || thread) return;
    prompts.dataset.signature = signature;
    prompts.replaceChildren(
      ...rows.map((row) => el("button", { type: "button", class: "prompt", on: { click: () => deliver(row.message) } }, row.title)),
    );
  }

  return { root, refresh, focus: () => box.focus() };
}

function mentionable(state, channel, start) {
  const wanted = start.toLowerCase();
  const inside = state.users.filter((user) => channel.members.includes(user.id) && !user.deleted && user.id !== state.me.id);
  const fits = inside.filter((user) => `${user.real_name} ${user.name}`.toLowerCase().split(" ").some((word) => word.startsWith(wanted)));
  return fits.sort((one, other) => Number(other.is_bot) - Number(one.is_bot)).slice(0, 8);
}

const URLS = /https?:\/\/[^\s<>]+[^\s<>.,;:!?)\]]|[\w.+-]+@[\w-]+\.[\w.-]*\w/g;

/** Turn what was typed into Slack's text: escaped, names to ids, addresses in brackets. */
export function encode(typed, state) {
  let text = typed.replace(/[&<>]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign]);
  text = text.replace(URLS, (url) => (url.includes("://") ? `<${url}>` : `<mailto:${url}|${url}>`));
  const people = [...state.users].sort((one, other) => other.real_name.length - one.real_name.length);
  for (const user of people) text = text.replaceAll(`@${escapeName(user.real_name)}`, `<@${user.id}>`);
  for (const channel of state.channels) {
    if (channel.kind !== "im") text = text.replace(new RegExp(`#${channel.name}(?![\\w-])`, "g"), `<#${channel.id}>`);
  }
  return text;
}

const escapeName = (name) => name.replace(/[&<>]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign]);
