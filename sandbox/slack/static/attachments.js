// What hangs below a message: files, attachments, previews of links.
import { blocks } from "./blocks.js";
import { el, link, safeUrl } from "./dom.js";
import { mrkdwn } from "./text.js";

const PICTURES = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/** Draw the files of a message; `me` is who looks. */
export function files(list, me) {
  return el("div", { class: "files" }, list.map((file) => oneFile(file, me)));
}

function oneFile(file, me) {
  const href = `/_sandbox/files/${file.id}?as=${me}`;
  const about = el("span", { class: "file-text" }, el("strong", {}, file.title), el("span", { class: "sub" }, `${file.pretty_type} · ${sizeOf(file.size)}`));
  const row = el("a", { class: "file", href, download: file.name, "aria-label": `Download ${file.name}` }, el("span", { class: `file-mark ${file.filetype}`, "aria-hidden": "true" }, file.filetype.slice(0, 4).toUpperCase()), about, el("span", { class: "file-get", "aria-hidden": "true" }, "⤓"));
  if (!PICTURES.includes(file.mimetype)) return row;
  return el("figure", { class: "picture" }, el("img", { src: href, alt: file.alt_txt || file.title, loading: "lazy" }), row);
}

export function sizeOf(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} kB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** Draw one attachment or preview; `how` is as for blocks. */
export function attachment(part, how) {
  const color = /^#?[0-9a-f]{6}$/i.test(part.color ?? "") ? `#${part.color.replace("#", "")}` : null;
  const picture = safeUrl(part.image_url ?? part.thumb_url);
  return el(
    "div",
    { class: "attachment", style: color && !part.hide_color ? { "border-color": color } : {} },
    part.from_url ? el("div", { class: "sub from" }, new URL(part.from_url).hostname) : null,
    part.title ? el("strong", {}, link(part.title_link ?? part.from_url, part.title)) : null,
    part.text ? el("div", { class: "text" }, mrkdwn(part.text)) : null,
    part.blocks?.length ? blocks(part.blocks, how) : null,
    picture ? el("img", { class: "wide", src: picture, alt: "", loading: "lazy" }) : null,
    part.footer ? el("div", { class: "sub" }, part.footer) : null,
  );
}

/** Draw a message: its blocks or text, its files, and what hangs below. */
export function messageBody(message, how) {
  const hasText = message.blocks?.length || message.text;
  const main = message.blocks?.length ? blocks(message.blocks, how) : el("div", { class: "text" }, mrkdwn(message.text));
  return [hasText ? main : null, message.files ? files(message.files, how.me) : null, (message.attachments ?? []).map((part) => attachment(part, how))];
}
