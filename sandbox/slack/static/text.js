// Slack's text format, Markdown and rich text, drawn as elements.
import { el, link } from "./dom.js";
import { emoji } from "./emoji.js";

let names = { users: new Map(), channels: new Map(), me: "" };

/** Tell who is who, for mentions. */
export function setNames(state) {
  names = {
    users: new Map(state.users.map((user) => [user.id, user.real_name])),
    channels: new Map(state.channels.map((channel) => [channel.id, channel.name])),
    me: state.me.id,
  };
}

const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };
const unescape = (text) => text.replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity]);

// One alternative per construct; what opens must not be followed by a space, what closes must not follow one.
const EDGE = "(?<![\\p{L}\\p{N}])";
const END = "(?![\\p{L}\\p{N}])";
const styled = (mark) => `${EDGE}[${mark}](?=\\S)([^\\n]*?\\S)[${mark}]${END}`;
const MRKDWN = new RegExp(
  "```([\\s\\S]+?)```|`([^`\\n]+)`|<([^<>\\n]+)>|" + [styled("*"), styled("_"), styled("~")].join("|") + "|:([a-z0-9_+-]+):",
  "gu",
);

/** Draw mrkdwn. */
export function mrkdwn(text) {
  const rows = [];
  for (const part of text.split(/(```[\s\S]+?```)/)) {
    if (part.startsWith("```")) rows.push(inline(part));
    else rows.push(...quoted(part));
  }
  return el("span", { class: "mrkdwn" }, rows);
}

function quoted(text) {
  const out = [];
  let quote = null;
  text.split("\n").forEach((line, place) => {
    const match = /^(?:&gt;|>) ?(.*)$/.exec(line);
    if (match) {
      if (quote) quote.append(el("br"));
      else out.push((quote = el("blockquote")));
      quote.append(...inline(match[1]));
      return;
    }
    if (place > 0 && !quote) out.push(el("br"));
    quote = null;
    out.push(...inline(line));
  });
  return out;
}

function inline(text) {
  const out = [];
  let end = 0;
  for (const match of text.matchAll(MRKDWN)) {
    out.push(unescape(text.slice(end, match.index)), construct(match));
    end = match.index + match[0].length;
  }
  out.push(unescape(text.slice(end)));
  return out.filter((part) => part !== "");
}

function construct([whole, block, code, angle, bold, italic, strike, name]) {
  if (block !== undefined) return el("pre", {}, unescape(block.replace(/^\n/, "")));
  if (code !== undefined) return el("code", {}, unescape(code));
  if (angle !== undefined) return bracket(angle);
  if (bold !== undefined) return el("strong", {}, inline(bold));
  if (italic !== undefined) return el("em", {}, inline(italic));
  if (strike !== undefined) return el("s", {}, inline(strike));
  return name === undefined ? whole : emoji(name);
}

function bracket(inside) {
  const [target, label] = inside.split(/\|(.*)/s);
  const shown = label && unescape(label);
  if (/^@[UW]/.test(target)) return mention(target.slice(1), shown);
  if (/^#[CG]/.test(target)) return el("span", { class: "mention" }, `#${names.channels.get(target.slice(1)) ?? shown ?? target.slice(1)}`);
  if (/^!(channel|here|everyone)/.test(target)) return el("span", { class: "mention loud" }, `@${target.slice(1)}`);
  if (target.startsWith("!subteam^")) return el("span", { class: "mention" }, shown ?? "@group");
  if (target.startsWith("!")) return shown ?? "";
  return link(unescape(target), shown ?? unescape(target).replace(/^mailto:/, ""));
}

export function mention(id, fallback) {
  const kind = id === names.me ? "mention me" : "mention";
  return el("span", { class: kind }, `@${names.users.get(id) ?? fallback?.replace(/^@/, "") ?? id}`);
}

/** Draw a text object. */
export function text(object) {
  if (object.type === "mrkdwn") return mrkdwn(object.text);
  const shown = object.text.replace(/:([a-z0-9_+-]+):/g, (_, name) => emoji(name));
  return el("span", { class: "plain" }, shown);
}

/** Draw the Markdown of a markdown block: headings, lists, quotes, code and emphasis. */
export function markdown(source) {
  const root = el("div", { class: "markdown" });
  let list = null;
  for (const part of source.split(/(```[\s\S]*?```)/)) {
    if (part.startsWith("```")) {
      root.append(el("pre", {}, part.replace(/^```\w*\n?|```$/g, "")));
      continue;
    }
    for (const line of part.split("\n")) list = markdownLine(root, list, line);
  }
  return root;
}

function markdownLine(root, list, line) {
  const heading = /^(#{1,6}) (.*)$/.exec(line);
  const item = /^\s*(?:[-*•]|(\d+)[.)]) (.*)$/.exec(line);
  if (item) {
    const tag = item[1] ? "ol" : "ul";
    const into = list?.localName === tag ? list : root.appendChild(el(tag));
    into.append(el("li", {}, markdownInline(item[2])));
    return into;
  }
  if (heading) root.append(el(`h${Math.min(6, heading[1].length + 2)}`, {}, markdownInline(heading[2])));
  else if (line.startsWith("> ")) root.append(el("blockquote", {}, markdownInline(line.slice(2))));
  else if (line.trim()) root.append(el("p", {}, markdownInline(line)));
  return null;
}

const MARKDOWN = /`([^`]+)`|\*\*(.+?)\*\*|__(.+?)__|~~(.+?)~~|(?<!\w)[*_](?=\S)([^*_]+?)[*_](?!\w)|\[([^\]]+)\]\(([^)\s]+)\)|<([^<>\s]+)>/g;

function markdownInline(source) {
  const out = [];
  let end = 0;
  for (const match of source.matchAll(MARKDOWN)) {
    const [whole, code, bold, bolder, strike, italic, label, url, angle] = match;
    out.push(unescape(source.slice(end, match.index)));
    if (code) out.push(el("code", {}, code));
    else if (bold ?? bolder) out.push(el("strong", {}, markdownInline(bold ?? bolder)));
    else if (strike) out.push(el("s", {}, markdownInline(strike)));
    else if (italic) out.push(el("em", {}, markdownInline(italic)));
    else if (label) out.push(link(url, ...markdownInline(label)));
    else out.push(bracket(angle));
    end = match.index + whole.length;
  }
  return [...out, unescape(source.slice(end))];
}

/** Draw a rich text block. */
export function richText(block) {
  return el("div", { class: "rich" }, block.elements.map(richPart));
}

function richPart(part) {
  if (part.type === "rich_text_list") {
    const tag = part.style === "ordered" ? "ol" : "ul";
    const style = { "margin-left": `${(part.indent ?? 0) * 20}px` };
    return el(tag, { style, start: part.offset ? part.offset + 1 : null }, part.elements.map((row) => el("li", {}, row.elements.map(leaf))));
  }
  const tag = { rich_text_quote: "blockquote", rich_text_preformatted: "pre" }[part.type] ?? "div";
  return el(tag, {}, part.elements.map(leaf));
}

function leaf(part) {
  const styles = { bold: "strong", italic: "em", strike: "s", code: "code", underline: "u" };
  let node = leafContent(part);
  for (const [name, tag] of Object.entries(styles)) if (part.style?.[name]) node = el(tag, {}, node);
  return node;
}

function leafContent(part) {
  if (part.type === "link") return link(part.url, part.text ?? part.url);
  if (part.type === "user") return mention(part.user_id);
  if (part.type === "channel") return el("span", { class: "mention" }, `#${names.channels.get(part.channel_id) ?? part.channel_id}`);
  if (part.type === "broadcast") return el("span", { class: "mention loud" }, `@${part.range}`);
  if (part.type === "usergroup") return el("span", { class: "mention" }, "@group");
  if (part.type === "emoji") return emoji(part.name);
  if (part.type === "color") return el("code", {}, part.value);
  if (part.type === "date") return part.fallback ?? new Date(part.timestamp * 1000).toLocaleString();
  return el("span", { class: "pre-wrap" }, part.text);
}
