// A button that opens a short menu; arrows move, Escape closes.
import { el } from "./dom.js";

/** Make a menu button. `rows` are {shown, choose}; `opener` holds what the button itself shows. */
export function menuButton({ label, opener, kind = "button icon", rows }) {
  const list = el("div", { class: "menu-list", role: "menu", "aria-label": label, hidden: true });
  const show = (open) => {
    list.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    if (open) list.querySelector("button")?.focus();
  };
  const button = el(
    "button",
    { type: "button", class: kind, title: label, "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": label, on: { click: () => show(list.hidden) } },
    opener,
  );
  for (const row of rows) {
    const choose = () => {
      show(false);
      return row.choose();
    };
    list.append(el("button", { type: "button", role: "menuitem", on: { click: choose } }, row.shown));
  }
  const keys = (event) => {
    if (list.hidden) return;
    const items = [...list.children];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) items.at((items.indexOf(document.activeElement) + step) % items.length).focus();
    if (event.key === "Escape") show(false), button.focus();
    if (step || event.key === "Escape") event.preventDefault(), event.stopPropagation();
  };
  const away = (event) => node.contains(event.relatedTarget) || show(false);
  const node = el("span", { class: "menu-anchor", on: { focusout: away, keydown: keys } }, button, list);
  return node;
}
