// The modal on top of this person's stack.
import { blocks, readValues } from "./blocks.js";
import { byId, el } from "./dom.js";
import * as server from "./server.js";
import { text } from "./text.js";
import { toast } from "./toasts.js";

let shown = { id: null, hash: null, errors: "{}" };
// What stood in each field before this person changed it.
let untouched = new Map();

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
  const fields = isNew ? [] : fieldsIn(dialog);
  shown = { id: view.id, hash: view.hash, errors: "{}" };
  const send = (work) => work.catch((problem) => toast(problem.message));
  const close = (whole_stack) => send(server.closeView({ user: me, view_id: view.id, whole_stack }));
  const act = (block_id, payload) =>
    send(server.click({ user: me, view_id: view.id, block_id, values: readValues(dialog), ...payload }));
  const suggest = (block_id, action_id, value) => server.suggest({ user: me, view_id: view.id, block_id, action_id, value });
  const deliver = (event) => {
    event.preventDefault();
    if (form.classList.contains("busy")) return;
    form.classList.add("busy");
    send(server.submit({ user: me, view_id: view.id, values: readValues(dialog) })).finally(() => form.classList.remove("busy"));
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
  keepEntered(fields, form);
  dialog.replaceChildren(form);
  dialog.oncancel = (event) => {
    event.preventDefault();
    close(false);
  };
  if (!dialog.open) dialog.showModal();
  if (before?.title === titleOf(dialog)) goOn(dialog, before);
  else begin(form, { isNew });
}

/** Go to the field that the app chose, or in a new modal to the first. */
function begin(form, { isNew }) {
  const first = isNew ? ".modal-body .field, .modal-body input" : ".modal-body";
  const chosen = form.querySelector("[data-focus]");
  const field = chosen?.matches("input, textarea, select") ? chosen : chosen?.querySelector("input");
  (field ?? form.querySelector(first) ?? form.querySelector("footer .button:last-child")).focus();
}

const nameOf = ({ dataset }) => `${dataset.input} ${dataset.action}`;
const valueOf = (field) => JSON.stringify(field.readValue());
const fieldsIn = (root) => [...root.querySelectorAll("[data-input]")];

/** Leave fields that this person changed as they are where the app draws the same field again: Slack keeps what was entered. */
function keepEntered(before, form) {
  const entered = new Map(before.filter((field) => valueOf(field) !== untouched.get(nameOf(field))).map((field) => [nameOf(field), field]));
  const known = untouched;
  untouched = new Map();
  for (const field of fieldsIn(form)) {
    const old = entered.get(nameOf(field));
    const isKept = old?.drawnFrom === field.drawnFrom;
    untouched.set(nameOf(field), isKept ? known.get(nameOf(field)) : valueOf(field));
    if (isKept) field.replaceWith(old);
  }
}

const titleOf = (dialog) => dialog.querySelector("h2")?.textContent;

/** Where this person is in the modal: how far they scrolled, and what they type right now. */
function typing(dialog) {
  const { value, selectionStart: from, selectionEnd: to, ariaExpanded: open } = document.activeElement ?? {};
  // A menu to type into has its name around it.
  const dataset = document.activeElement?.closest("[data-input]")?.dataset;
  const title = titleOf(dialog);
  const top = dialog.querySelector(".modal-body")?.scrollTop ?? 0;
  return { title, top, input: dataset?.input, action: dataset?.action, value, from, to, open };
}

function goOn(dialog, { top, input, action, value, from, to, open }) {
  dialog.querySelector(".modal-body").scrollTop = top;
  const same = (field) => field.dataset.input === input && field.dataset.action === action;
  const place = [...dialog.querySelectorAll("[data-input]")].find(same);
  const field = place?.matches("input, textarea") ? place : place?.querySelector("input.field");
  if (!field) return;
  field.value = value;
  if (open === "false") field.dataset.redrawn = "yes";
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
