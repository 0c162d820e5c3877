// The page: one person's Slack, kept up to date by long polling.
import { blocks, readValues } from "./blocks.js";
import { composer } from "./composer.js";
import { setWorld } from "./controls.js";
import { forgetMessages, showMessages } from "./conversation.js";
import { byId, el } from "./dom.js";
import { showModal } from "./modal.js";
import * as server from "./server.js";
import { showSidebar } from "./sidebar.js";
import { setNames } from "./text.js";
import { forgetBanners, showBanners, toast } from "./toasts.js";

const RETRY_MS = 1000;
const address = new URLSearchParams(location.search);
const here = { state: null, me: address.get("as"), channel: address.get("channel"), tab: "messages", thread: null, seen: new Map(), homeHash: null };
let polling = new AbortController();

const channelNow = () => here.state.channels.find((one) => one.id === here.channel);
const place = (thread) => ({ state: here.state, me: here.me, channel: channelNow(), thread });
const mainComposer = composer("composer-text", () => place(null));
const threadComposer = composer("thread-text", () => place(here.thread));

async function start() {
  document.body.classList.toggle("embed", address.get("embed") === "1");
  byId("composer").append(mainComposer.root);
  byId("menu").addEventListener("click", () => drawer(!byId("frame").classList.contains("drawer")));
  byId("main").addEventListener("click", (event) => event.target.closest("#menu") || drawer(false));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
    if (byId("frame").classList.contains("drawer")) drawer(false), byId("menu").focus();
    else if (here.thread) openThread(null);
  });
  const world = await server.workspace();
  here.me ??= world.users.find((user) => !user.is_bot && !user.deleted).id;
  await become(here.me);
}

async function become(user) {
  polling.abort();
  polling = new AbortController();
  Object.assign(here, { me: user, state: null, thread: null, tab: "messages", homeHash: null });
  here.seen.clear();
  forgetBanners();
  try {
    await show(await server.look(user, null, polling.signal));
  } catch (problem) {
    if (problem.name !== "AbortError") toast(problem.message);
  }
  follow(polling.signal);
}

async function follow(signal) {
  while (!signal.aborted) {
    try {
      await show(await server.look(here.me, here.state?.revision ?? null, signal));
    } catch {
      if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

async function show(state) {
  const first = here.state === null;
  here.state = state;
  setNames(state);
  setWorld(state);
  if (first) for (const one of state.channels) here.seen.set(one.id, lastTs(one));
  const known = state.channels.some((one) => one.id === here.channel);
  if (!known && (here.channel !== state.dm || !state.dm)) here.channel = firstChannel(state);
  if (here.channel === state.dm && !known) {
    await server.openApp(here.me, "messages"); // makes the direct conversation; the next look has it
    return;
  }
  draw();
  showBanners(state.banners);
  showModal(state.views, here.me);
}

const firstChannel = (state) => (state.channels.find((one) => one.bot_is_member && one.kind !== "im") ?? state.channels[0])?.id ?? state.dm;
const lastTs = (channel) => channel.messages.at(-1)?.ts ?? "0";

function draw() {
  const { state } = here;
  const channel = channelNow();
  here.seen.set(channel.id, lastTs(channel));
  const unread = new Set(state.channels.filter((one) => lastTs(one) > (here.seen.get(one.id) ?? "0")).map((one) => one.id));
  showSidebar(state, { channel: here.channel, unread, pick, become, roster: state.users.filter((user) => !user.is_bot && !user.deleted) });
  showHeader(channel);
  const isHome = here.tab === "home" && channel.kind === "im";
  byId("messages").hidden = isHome;
  byId("composer").hidden = isHome;
  byId("home").hidden = !isHome;
  if (isHome) showHome();
  else showConversation(channel);
  showThread(channel);
  remember();
}

const bot = () => here.state.users.find((user) => user.id === here.state.bot.user_id);

const ofMessages = () => here.state.shortcuts.filter((one) => one.kind === "message");

function showConversation(channel) {
  const inlineThreads = channel.kind === "im";
  const threads = new Set(inlineThreads ? channel.messages.map((one) => one.ts) : []);
  const statuses = channel.statuses.filter((one) => threads.has(one.thread_ts) || (!inlineThreads && one.thread_ts !== here.thread));
  showMessages(byId("messages"), channel.messages, { me: here.me, channel: channel.id, openThread, inlineThreads, statuses, bot: bot(), shortcuts: ofMessages() });
  mainComposer.refresh();
}

function showHeader(channel) {
  const isDm = channel.kind === "im";
  byId("title").textContent = isDm ? here.state.bot.name : `${channel.is_private ? "🔒" : "#"} ${channel.name}`;
  const people = channel.members.length === 1 ? "1 member" : `${channel.members.length} members`;
  const outside = channel.is_ext_shared ? " · shared with people outside your company" : "";
  byId("subtitle").textContent = isDm ? "App" : people + outside;
  const tab = (name, label) =>
    el("button", { type: "button", role: "tab", "aria-selected": String(here.tab === name), on: { click: () => turnTo(name) } }, label);
  const signature = `${isDm}${here.tab}`;
  if (byId("tabs").dataset.signature === signature) return;
  byId("tabs").dataset.signature = signature;
  const hadFocus = byId("tabs").contains(document.activeElement);
  byId("tabs").replaceChildren(...(isDm ? [tab("messages", "Messages"), tab("home", "Home")] : []));
  if (hadFocus) byId("tabs").querySelector("[aria-selected=true]")?.focus();
}

function turnTo(tab) {
  here.tab = tab;
  draw();
  server.openApp(here.me, tab).catch((problem) => toast(problem.message));
}

function showHome() {
  const view = here.state.home;
  const hash = view ? view.id + view.hash : "none";
  if (hash === here.homeHash) return;
  here.homeHash = hash;
  if (!view) {
    byId("home").replaceChildren(el("p", { class: "empty" }, "Nothing here yet: the app has not drawn its Home tab."));
    return;
  }
  const act = (block_id, payload) =>
    server.click({ user: here.me, view_id: view.id, block_id, values: readValues(byId("home")), ...payload }).catch((problem) => toast(problem.message));
  const suggest = (block_id, action_id, value) => server.suggest({ user: here.me, view_id: view.id, block_id, action_id, value });
  byId("home").replaceChildren(blocks(view.blocks, { values: view.state.values, act, suggest }));
}

function showThread(channel) {
  const panel = byId("thread");
  const isOpen = here.thread !== null && channel.kind !== "im";
  byId("frame").classList.toggle("with-thread", isOpen);
  panel.hidden = !isOpen;
  if (!isOpen) return;
  if (!panel.firstChild) {
    const close = el("button", { type: "button", class: "quiet", "aria-label": "Close thread", on: { click: () => openThread(null) } }, "✕");
    panel.append(
      el("header", { class: "bar" }, el("div", { class: "bar-title" }, el("h2", {}, "Thread")), close),
      el("div", { class: "messages", id: "thread-messages", role: "log", "aria-label": "Thread", tabindex: "0" }),
      el("footer", { class: "composer" }, threadComposer.root),
    );
  }
  const rows = channel.messages.filter((one) => one.ts === here.thread || one.thread_ts === here.thread);
  const statuses = channel.statuses.filter((one) => one.thread_ts === here.thread);
  showMessages(byId("thread-messages"), rows, { me: here.me, channel: channel.id, thread: here.thread, statuses, bot: bot(), shortcuts: ofMessages() });
  threadComposer.refresh();
}

function openThread(ts) {
  const changed = here.thread !== ts;
  here.thread = ts;
  if (changed && byId("thread-messages")) forgetMessages(byId("thread-messages"));
  draw();
  if (ts) threadComposer.focus();
  else mainComposer.focus();
}

async function pick(id) {
  here.channel = id;
  Object.assign(here, { thread: null, tab: "messages" });
  forgetMessages(byId("messages"));
  drawer(false);
  const failed = (problem) => toast(problem.message);
  if (id === here.state.dm) await server.openApp(here.me, "messages").catch(failed);
  // What one looked at last is the context in which the app is opened.
  else if (here.state.dm) server.lookAt(here.me, id).catch(failed);
  if (channelNow()) draw();
  mainComposer.focus();
}

function drawer(open) {
  byId("frame").classList.toggle("drawer", open);
  byId("menu").setAttribute("aria-expanded", String(open));
  if (open) byId("conversations").querySelector("[aria-current]")?.focus();
}

function remember() {
  address.set("as", here.me);
  address.set("channel", here.channel);
  history.replaceState(null, "", `?${address}`);
}

start();
