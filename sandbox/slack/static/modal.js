// The modal on top of this person's stack.
import { blocks, readValues } from "./blocks.js";
import { byId, el } from "./dom.js";
import * as server from "./server.js";
import { text } from "./text.js";
import { toast } from "./toasts.js";

let shown = { id: null, hash: null, errors: "{}" };

/** Draw, redraw or close the modal. What is being typed stays, also when the app redraws the view. */
export function showModal(views, me) {
  const dialog = byId("modal");
  const view = views.at(-1);
  if (!view) {
    shown = { id: null, hash: null, errors: "{}" };
    if (dialog.open) dialog.close();
    return;
  }
  if (view.id !== shown.id || view.hash !== shown.hash) draw(dialog, view, views, me);
  const errors = JSON.stringify(view.errors);
  if (errors !== shown.errors) showErrors(dialog, view.errors);
  shown.errors = errors;
}

function draw(dialog, view, views, me) {
  const isNew = view.id !== shown.id;
  const before = isNew ? null : typing(dialog);
  shown = { id: view.id, hash: view.hash, errors: "{}" };
  const send = (work) => work.catch((problem) => toast(problem.message));
  const close = (whole_stack) => send(server.closeView({ user: me, view_id: view.id, whole_stack }));
  const act = (block_id, payload) =>
    send(server.click({ user: me, view_id: view.id, block_id, values: readValues(form), ...payload }));
  const suggest = (block_id, action_id, value) => server.suggest({ user: me, view_id: view.id, block_id, action_id, value });
  const deliver = (event) => {
    event.preventDefault();
    if (form.classList.contains("busy")) return;
    form.classList.add("busy");
    send(server.submit({ user: me, view_id: view.id, values: readValues(form) })).finally(() => form.classList.remove("busy"));
  };
  const form = el(
    "form",
    { novalidate: true, on: { submit: deliver } },
    el(
      "header",
      {},
      views.length > 1 ? el("button", { type: "button", class: "quiet", "aria-label": "Back", on: { click: () => close(false) } }, "←") : null,
      el("h2", { id: "modal-title" }, text(view.title)),
      el("button", { type: "button", class: "quiet", "aria-label": "Close", on: { click: () => close(true) } }, "✕"),
    ),
    el("div", { class: "modal-body", tabindex: "-1" }, blocks(view.blocks, { values: view.state.values, act, suggest })),
    el(
      "footer",
      {},
      el("button", { type: "button", class: "button", on: { click: () => close(false) } }, view.close ? text(view.close) : "Cancel"),
      view.submit ? el("button", { type: "submit", class: "button primary", disabled: view.submit_disabled }, text(view.submit)) : null,
    ),
  );
  dialog.replaceChildren(form);
  dialog.oncancel = (event) => {
    event.preventDefault();
    close(false);
  };
  if (!dialog.open) dialog.showModal();
  if (before) goOn(dialog, before);
  if (isNew) (form.querySelector(".modal-body .field, .modal-body input") ?? form.querySelector("footer .button:last-child")).focus();
}

/** Where this person is in the modal: how far they scrolled, and what they type right now. */
function typing(dialog) {
  const { dataset, value, selectionStart: from, selectionEnd: to } = document.activeElement ?? {};
  const title = dialog.querySelector("h2")?.textContent;
  const top = dialog.querySelector(".modal-body")?.scrollTop ?? 0;
  return { title, top, input: dataset?.input, action: dataset?.action, value, from, to };
}

function goOn(dialog, { title, top, input, action, value, from, to }) {
  if (dialog.querySelector("h2").textContent !== title) return;
  dialog.querySelector(".modal-body").scrollTop = top;
  const same = (field) => field.dataset.input === input && field.dataset.action === action;
  const field = [...dialog.querySelectorAll("input.field, textarea.field")].find(same);
  if (!field) return;
  field.value = value;
  field.focus();
  if (from != null) field.setSelectionRange(from, to);
}

function showErrors(dialog, errors) {
  for (const place of dialog.querySelectorAll(".block.input")) {
    const complaint = errors[place.dataset.block] ?? "";
    place.querySelector(".error").textContent = complaint;
    place.classList.toggle("wrong", complaint !== "");
  }
  dialog.querySelector(".wrong .field, .wrong input")?.focus();
}
