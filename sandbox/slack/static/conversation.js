// The messages of a conversation: main line, threads, status lines.
import { messageBody } from "./attachments.js";
import { readValues } from "./blocks.js";
import { avatar, dayOf, el, timeOf } from "./dom.js";
import { menuButton } from "./menu.js";
import * as server from "./server.js";
import { toast } from "./toasts.js";

const GROUP_SECONDS = 300;
const drawn = new WeakMap();

/**
 * Draw messages into `root`, leaving alone what has not changed, so that half-filled fields and focus stay.
 * `how`: {me, channel, openThread, inlineThreads, thread, statuses, bot, shortcuts}.
 */
export function showMessages(root, messages, how) {
  const nearEnd = root.scrollHeight - root.scrollTop - root.clientHeight < 80;
  const kept = drawn.get(root) ?? new Map();
  const rows = layout(messages, how);
  const next = new Map();
  const nodes = rows.map((row) => {
    const before = kept.get(row.key);
    const now = before?.signature === row.signature ? before : { signature: row.signature, node: row.draw() };
    next.set(row.key, now);
    return now.node;
  });
  drawn.set(root, next);
  place(root, nodes);
  const newest = messages.at(-1)?.ts ?? "";
  if (nearEnd || root.dataset.newest !== newest) root.scrollTop = root.scrollHeight;
  root.dataset.newest = newest;
}

/** Forget what was drawn, for another conversation. */
export function forgetMessages(root) {
  drawn.delete(root);
  delete root.dataset.newest;
  root.replaceChildren();
}

function place(root, nodes) {
  const wanted = new Set(nodes);
  for (const old of [...root.children]) if (!wanted.has(old)) old.remove();
  nodes.forEach((node, at) => root.children[at] === node || root.insertBefore(node, root.children[at] ?? null));
}

function layout(messages, how) {
  const rows = [];
  const replies = Map.groupBy(messages.filter(isReply), (message) => message.thread_ts);
  const line = how.thread ? messages : messages.filter((message) => !isReply(message) || !messages.some((one) => one.ts === message.thread_ts));
  let last = null;
  let day = null;
  for (const message of line) {
    if (!how.thread && day !== dayOf(message.ts)) rows.push(divider(message.ts));
    day = dayOf(message.ts);
    rows.push(messageRow(message, how, { grouped: follows(last, message), replies: replies.get(message.ts) ?? [] }));
    if (how.inlineThreads) for (const reply of replies.get(message.ts) ?? []) rows.push(messageRow(reply, how, { nested: true, replies: [] }));
    last = how.inlineThreads && replies.has(message.ts) ? null : message;
  }
  for (const status of how.statuses ?? []) rows.push(statusRow(status, how));
  return rows;
}

const isReply = (message) => message.thread_ts && message.thread_ts !== message.ts;

function follows(last, message) {
  if (!last || last.author.real_name !== message.author.real_name || last.ephemeral !== message.ephemeral) return false;
  return Number(message.ts) - Number(last.ts) < GROUP_SECONDS && !last.reply_count;
}

function divider(ts) {
  const shown = dayOf(ts);
  return { key: `day-${shown}`, signature: shown, draw: () => el("div", { class: "day", role: "separator" }, el("span", {}, shown)) };
}

function statusRow(status, how) {
  const words = status.loading_messages.length ? status.loading_messages : [status.status];
  return {
    key: `status-${status.thread_ts}`,
    signature: JSON.stringify(status),
    draw: () => el("div", { class: "status", role: "status" }, avatar(how.bot, 24), el("span", {}, `${how.bot.real_name} ${status.status}`), status.loading_messages.length ? turning(words) : null, el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i"))),
  };
}

const TURN_MS = 1800;

/** Show one text after the other for as long as the node is on the page. */
function turning(words) {
  const node = el("span", { class: "turning" }, words[0]);
  let place = 0;
  const turn = () => {
    if (!node.isConnected) return;
    node.textContent = words[(place += 1) % words.length];
    setTimeout(turn, TURN_MS);
  };
  setTimeout(turn, TURN_MS);
  return node;
}

function messageRow(message, how, { grouped = false, nested = false, replies }) {
  const summary = how.inlineThreads || how.thread ? "" : replies.map((reply) => reply.ts).join();
  return {
    key: message.ts,
    signature: JSON.stringify([message, grouped, nested, summary, how.channel]),
    draw: () => drawMessage(message, how, { grouped, nested, replies }),
  };
}

function drawMessage(message, how, { grouped, nested, replies }) {
  const act = (block_id, payload) =>
    server
      .click({ user: how.me, channel: how.channel, ts: message.ts, block_id, values: readValues(node), ...payload })
      .catch((problem) => toast(problem.message));
  const suggest = (block_id, action_id, value) => server.suggest({ user: how.me, channel: how.channel, ts: message.ts, block_id, action_id, value });
  const time = el("time", { datetime: new Date(message.ts * 1000).toISOString() }, timeOf(message.ts));
  const head = grouped
    ? null
    : el("div", { class: "head" }, el("strong", {}, message.author.real_name), message.author.is_bot ? el("span", { class: "app" }, "APP") : null, time);
  const classes = ["message", grouped && "grouped", nested && "nested", message.ephemeral && "ephemeral"].filter(Boolean).join(" ");
  const node = el(
    "article",
    { class: classes, dataset: { ts: message.ts }, "aria-label": `${message.author.real_name}, ${timeOf(message.ts)}` },
    message.ephemeral && !grouped ? el("div", { class: "only-you" }, el("span", { "aria-hidden": "true" }, "◉ "), "Only visible to you") : null,
    el("div", { class: "gutter" }, grouped ? el("span", { class: "late-time", "aria-hidden": "true" }, timeOf(message.ts)) : avatar(message.author)),
    el(
      "div",
      { class: "content" },
      head,
      messageBody(message, { values: message.state, act, suggest, me: how.me }),
      message.edited ? el("span", { class: "edited" }, "(edited)") : null,
      threadLink(message, how, replies),
    ),
    tools(message, how),
  );
  return node;
}

function threadLink(message, how, replies) {
  if (!replies.length || how.inlineThreads || how.thread) return null;
  const faces = [...new Map(replies.map((reply) => [reply.author.id, reply.author])).values()].slice(0, 3);
  const words = replies.length === 1 ? "1 reply" : `${replies.length} replies`;
  return el(
    "button",
    { type: "button", class: "thread-link", on: { click: () => how.openThread(message.ts) } },
    faces.map((face) => avatar(face, 20)),
    el("span", {}, words),
    el("span", { class: "thread-last" }, timeOf(replies.at(-1).ts)),
  );
}

function tools(message, how) {
  if (message.ephemeral) return null;
  const inThread = how.thread || how.inlineThreads;
  const reply = inThread
    ? null
    : el("button", { type: "button", class: "quiet", title: "Reply in thread", "aria-label": "Reply in thread", on: { click: () => how.openThread(message.thread_ts ?? message.ts) } }, "↪");
  const use = (shortcut) => () =>
    server.shortcut({ user: how.me, callback_id: shortcut.callback_id, channel: how.channel, ts: message.ts }).catch((problem) => toast(problem.message));
  const rows = how.shortcuts.map((shortcut) => ({ shown: shortcut.name, choose: use(shortcut) }));
  const more = rows.length ? menuButton({ label: "More actions", opener: "⋮", kind: "quiet", rows }) : null;
  return reply || more ? el("div", { class: "tools" }, reply, more) : null;
}
