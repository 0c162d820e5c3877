// The question Slack asks before a button that carries a confirmation.
import { byId, el } from "./dom.js";
import { text } from "./text.js";

/** Ask and return whether the person agreed. */
export function ask(confirmation) {
  const dialog = byId("confirm");
  return new Promise((resolve) => {
    const finish = (answer) => {
      dialog.close();
      resolve(answer);
    };
    const button = (label, kind, answer) =>
      el("button", { type: "button", class: `button ${kind}`, on: { click: () => finish(answer) } }, text(label));
    dialog.replaceChildren(
      el("h2", { id: "confirm-title" }, text(confirmation.title)),
      el("p", {}, text(confirmation.text)),
      el("footer", {}, button(confirmation.deny, "", false), button(confirmation.confirm, confirmation.style ?? "primary", true)),
    );
    dialog.oncancel = (event) => {
      event.preventDefault();
      finish(false);
    };
    dialog.showModal();
  });
}
