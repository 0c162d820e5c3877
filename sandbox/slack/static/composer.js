// The box people type in: messages, mentions, commands, shortcuts, files.
import { attachment, sizeOf } from "./attachments.js";
import { avatar, el } from "./dom.js";
import { encode, linksIn } from "./encode.js";
import { menuButton } from "./menu.js";
import * as server from "./server.js";
import { toast } from "./toasts.js";

/**
 * Make a composer. `where()` returns {state, me, channel, thread}; call `refresh()` after each change.
 */
export function composer(id, where) {
  const box = el("textarea", { id, rows: 1, disabled: true, autocomplete: "off", "aria-autocomplete": "list", "aria-controls": `${id}-hints` });
  const hints = el("div", { class: "hints", id: `${id}-hints`, role: "listbox", "aria-label": "Suggestions", hidden: true });
  const prompts = el("div", { class: "prompts" });
  const previews = el("div", { class: "previews" });
  const waiting = el("div", { class: "waiting", "aria-label": "Files to send" });
  const shortcuts = el("span", {});
  const sender = el("button", { type: "submit", class: "send", "aria-label": "Send", disabled: true }, "➤");
  const tool = (mark, label, click) => el("button", { type: "button", class: "quiet", title: label, "aria-label": label, on: { click } }, mark);
  const chooser = el("input", { type: "file", multiple: true, hidden: true, "aria-hidden": "true", tabindex: "-1", on: { change: () => (attach(chooser.files), (chooser.value = "")) } });
  const clip = tool("📎", "Attach a file", () => chooser.click());
  const mention = tool("@", "Mention someone", () => insert("@"));
  const slash = tool("/", "Commands", () => insert("/"));
  const working = el("div", { class: "working", role: "status" });
  const frame = el("form", { class: "composer-frame", on: { submit: send } }, previews, waiting, box, el("div", { class: "composer-row" }, clip, mention, slash, shortcuts, chooser, el("span", { class: "grow" }), sender));
  const root = el("div", { class: "composer-root" }, prompts, hints, frame, working);
  let offered = [];
  let active = 0;
  let files = [];
  let announced = "";

  box.addEventListener("input", () => (fit(), offer(), announce()));
  box.addEventListener("blur", () => setTimeout(() => (hints.hidden = true), 150));
  box.addEventListener("paste", (event) => event.clipboardData.files.length && (event.preventDefault(), attach(event.clipboardData.files)));
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (!hints.hidden && hintKeys(event)) return;
    if (event.key === "Enter" && !event.shiftKey) event.preventDefault(), frame.requestSubmit();
  });
  const hover = (on) => (event) => (event.preventDefault(), frame.classList.toggle("dropping", on));
  frame.addEventListener("dragover", hover(true));
  frame.addEventListener("dragleave", hover(false));
  frame.addEventListener("drop", (event) => (hover(false)(event), attach(event.dataTransfer.files)));

  function hintKeys(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) active = (active + step + offered.length) % offered.length;
    else if (event.key === "Escape") hints.hidden = true;
    else if (event.key === "Enter" && offered[active].text?.trim() === box.value.trim()) return false;
    else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey) take(offered[active]);
    else return false;
    event.preventDefault();
    event.stopPropagation();
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
    sender.disabled = !box.value.trim() && !files.length;
  }

  function offer() {
    const { state, channel, thread } = where();
    const before = box.value.slice(0, box.selectionStart);
    const name = /(?:^|\s)@([\p{L}\p{N}]*)$/u.exec(before);
    const isCommand = /^\/\S*$/.test(before) && !thread;
    if (name) offered = mentionable(state, channel, name[1]).map((user) => ({ user, text: `@${user.real_name} `, cut: name[1].length + 1 }));
    else if (isCommand) offered = commandsAndShortcuts(state, before);
    else offered = [];
    active = 0;
    hints.hidden = offered.length === 0;
    drawHints();
  }

  function drawHints() {
    const rows = offered.map((row, place) => {
      const choose = (event) => (event.preventDefault(), take(row));
      return el("div", { class: "hint-row", role: "option", id: `${id}-hint-${place}`, "aria-selected": String(place === active), on: { mousedown: choose } }, hintContent(row));
    });
    hints.replaceChildren(...rows);
    if (hints.hidden) box.removeAttribute("aria-activedescendant");
    else box.setAttribute("aria-activedescendant", `${id}-hint-${active}`);
  }

  function take(row) {
    hints.hidden = true;
    if (row.shortcut) {
      box.value = "";
      fit();
      return useShortcut(row.shortcut);
    }
    const at = box.selectionStart;
    box.setRangeText(row.text, at - row.cut, at, "end");
    box.focus();
    fit();
  }

  function useShortcut(shortcut) {
    return server.shortcut({ user: where().me, callback_id: shortcut.callback_id }).catch((problem) => toast(problem.message));
  }

  /** Tell Slack of links being written, once for each set of them. */
  function announce() {
    const { state, me, channel } = where();
    const urls = linksIn(box.value, state.unfurl_domains).join(" ");
    if (!urls || urls === announced) return;
    announced = urls;
    server.compose({ user: me, channel: channel.id, text: encode(box.value, state) }).catch((problem) => toast(problem.message));
  }

  function attach(list) {
    files = [...files, ...list];
    drawFiles();
    box.focus();
  }

  function drawFiles() {
    const row = (file) =>
      el("span", { class: "chip" }, file.name, el("span", { class: "sub" }, sizeOf(file.size)), el("button", { type: "button", "aria-label": `Remove ${file.name}`, on: { click: () => ((files = files.filter((one) => one !== file)), drawFiles()) } }, "✕"));
    waiting.replaceChildren(...files.map(row));
    fit();
  }

  async function send(event) {
    event.preventDefault();
    const typed = box.value.trim();
    const sent = files;
    if (!typed && !sent.length) return;
    box.value = announced = "";
    hints.hidden = true;
    files = [];
    drawFiles();
    if (sent.length) await deliverFiles(sent, typed);
    else await deliver(typed);
  }

  async function deliverFiles(sent, typed) {
    const { state, me, channel, thread } = where();
    working.textContent = "Uploading…";
    try {
      for (const [place, file] of sent.entries()) {
        const text = place === 0 ? encode(typed, state) : "";
        await server.upload(file, { user: me, channel: channel.id, text, thread_ts: thread });
      }
    } catch (problem) {
      toast(problem.message);
    } finally {
      working.textContent = "";
    }
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
    box.disabled = false;
    slash.hidden = Boolean(thread);
    redraw(shortcuts, thread ? [] : state.shortcuts.filter((one) => one.kind === "global"), (rows) =>
      rows.length ? [menuButton({ label: "Shortcuts", opener: "⚡", kind: "quiet", rows: rows.map((one) => ({ shown: one.name, choose: () => useShortcut(one) })) })] : [],
    );
    redraw(previews, thread ? [] : channel.previews, (rows) => rows.map((part) => attachment({ ...part, blocks: part.blocks }, { act: () => null, suggest: () => null })));
    redraw(prompts, thread ? { prompts: [] } : channel.prompts, ({ title, prompts: rows }) => [
      title && rows.length ? el("span", { class: "prompts-title" }, title) : "",
      ...rows.map((row) => el("button", { type: "button", class: "prompt", on: { click: () => deliver(row.message) } }, row.title)),
    ]);
  }

  return { root, refresh, focus: () => box.focus() };
}

/** Draw into a node only when what is shown has changed, so that focus stays. */
function redraw(node, what, draw) {
  const signature = JSON.stringify(what);
  if (node.dataset.signature === signature) return;
  node.dataset.signature = signature;
  node.replaceChildren(...draw(what));
}

function commandsAndShortcuts(state, before) {
  const commands = Object.entries(state.commands).filter(([command]) => command.startsWith(before));
  const wanted = before.slice(1).toLowerCase();
  const shortcuts = state.shortcuts.filter((one) => one.kind === "global" && one.name.toLowerCase().startsWith(wanted));
  return [...commands.map(([command, hint]) => ({ command, hint, text: `${command} `, cut: before.length })), ...shortcuts.map((shortcut) => ({ shortcut }))];
}

function hintContent(row) {
  if (row.user) return [avatar(row.user, 24), el("strong", {}, row.user.real_name), row.user.is_bot ? el("span", { class: "app" }, "APP") : null];
  if (row.shortcut) return [el("span", { "aria-hidden": "true" }, "⚡"), el("strong", {}, row.shortcut.name), el("span", { class: "sub" }, "Shortcut")];
  return [el("strong", {}, row.command), el("span", { class: "sub" }, row.hint)];
}

function mentionable(state, channel, start) {
  const wanted = start.toLowerCase();
  const inside = state.users.filter((user) => channel.members.includes(user.id) && !user.deleted && user.id !== state.me.id);
  const fits = inside.filter((user) => `${user.real_name} ${user.name}`.toLowerCase().split(" ").some((word) => word.startsWith(wanted)));
  return fits.sort((one, other) => Number(other.is_bot) - Number(one.is_bot)).slice(0, 8);
}
