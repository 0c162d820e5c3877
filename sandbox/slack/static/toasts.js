// Failures, as Slack tells them: short lines that can be put away.
import { byId, el } from "./dom.js";

let seen = null;

/** Show the banners that came since the last look; what was there before the page opened stays away. */
export function showBanners(banners) {
  const newest = Math.max(0, ...banners.map((banner) => banner.id));
  const fresh = seen === null ? [] : banners.filter((banner) => banner.id > seen);
  seen = Math.max(seen ?? 0, newest);
  for (const banner of fresh) toast(banner.text);
  return fresh;
}

/** Start over for another person or workspace. */
export function forgetBanners() {
  seen = null;
  byId("toasts").replaceChildren();
}

export function toast(message) {
  const away = () => node.remove();
  const node = el(
    "div",
    { class: "toast" },
    el("span", { class: "toast-mark", "aria-hidden": "true" }, "!"),
    el("span", {}, message),
    el("button", { type: "button", class: "quiet", "aria-label": "Dismiss", on: { click: away } }, "✕"),
  );
  byId("toasts").append(node);
  setTimeout(away, 12000);
}
