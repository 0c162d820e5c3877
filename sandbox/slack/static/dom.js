// Making elements. Data only ever enters as text or attributes, never as markup.

/** Make an element: `on` holds listeners, `dataset` data attributes, everything else is an attribute. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") for (const [type, hear] of Object.entries(value)) node.addEventListener(type, hear);
    else if (name === "dataset") Object.assign(node.dataset, value);
    else if (name === "style") for (const [key, part] of Object.entries(value)) node.style.setProperty(key, part);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export const byId = (id) => document.getElementById(id);

/** A picture for a person: initials on their colour; the bot has its mark. */
export function avatar(user, size = 36) {
  const style = { "--size": `${size}px`, "--color": user.avatar_color };
  if (user.is_bot) return el("img", { class: "avatar", src: "/static/mark.svg", alt: "", style });
  const letters = user.real_name.split(/\s+/).filter(Boolean).map((word) => [...word][0]);
  const initials = (letters.length > 1 ? [letters[0], letters.at(-1)] : letters).join("").toUpperCase();
  return el("span", { class: "avatar", style, "aria-hidden": "true" }, initials);
}

/** Only addresses that a browser may safely open. */
export function safeUrl(url) {
  try {
    const parsed = new URL(url);
    return ["http:", "https:", "mailto:"].includes(parsed.protocol) ? parsed.href : null;
  } catch {
    return null;
  }
}

export function link(url, ...content) {
  const href = safeUrl(url);
  return href ? el("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...content) : el("span", {}, ...content);
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });

export const timeOf = (ts) => clock.format(Number(ts) * 1000);
export const dayOf = (ts) => day.format(Number(ts) * 1000);
