// Change an opportunity as its owner does: along its path, and in the dialog of its fields.
import { element } from "/_static/elements.js";

const CLOSED = "Closed";
const id = location.pathname.split("/")[4];
const find = (name) => document.getElementById(name);
// The stage that was clicked on, until it is marked or the deal moves.
let chosen = null;
let shown = null;

async function save(values, complaint) {
  const response = await fetch(`/_sandbox/opportunity/${id}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(values),
  });
  complaint.textContent = response.ok ? "" : (await response.json())[0].message;
  return response.ok;
}

function step(state, label, text = label) {
  const isChosen = label === chosen;
  const words = element("span", {}, isChosen ? label : text);
  const button = element("button", { type: "button", title: label }, words);
  const item = element("li", { class: `${state}${isChosen ? " is-chosen" : ""}` }, button);
  if (state && state !== "is-done") item.setAttribute("aria-current", "step");
  button.addEventListener("click", () => choose(label));
  return item;
}

function choose(label) {
  chosen = label;
  showPath(shown.deal, shown.stages);
}

export function showPath(deal, stages) {
  if (shown?.deal.StageName !== deal.StageName) chosen = null;
  shown = { deal, stages };
  const closing = stages.filter((stage) => stage.IsClosed).map((stage) => stage.MasterLabel);
  const open = stages.filter((stage) => !stage.IsClosed).map((stage) => stage.MasterLabel);
  const current = open.indexOf(deal.StageName);
  const steps = open.map((label, place) =>
    deal.IsClosed || place < current ? step("is-done", label, "✓") : step(place === current ? "is-now" : "", label),
  );
  const end = deal.IsClosed ? [deal.IsWon ? "is-won" : "is-lost", CLOSED, deal.StageName] : ["", CLOSED];
  find("path").replaceChildren(...steps, step(...end));
  showMark(deal, open[current + 1] ?? CLOSED, closing);
}

function showMark(deal, next, closing) {
  const isAhead = chosen === null || chosen === deal.StageName;
  const target = isAhead ? next : chosen;
  find("mark").textContent = isAhead ? "✓ Mark Stage as Complete" : "Mark as Current Stage";
  find("mark").hidden = deal.IsClosed && (isAhead || target === CLOSED);
  find("closing").hidden = target !== CLOSED || isAhead || find("mark").hidden;
  if (find("closing").childElementCount !== closing.length)
    find("closing").replaceChildren(...closing.map((label) => element("option", {}, label)));
  find("mark").onclick = () => {
    if (isAhead && target === CLOSED) choose(CLOSED);
    else save({ StageName: target === CLOSED ? find("closing").value : target }, find("complaint"));
  };
}

export function offerToEdit(deal) {
  const form = find("fields");
  find("edit").onclick = () => {
    for (const input of form.querySelectorAll("input")) input.value = deal[input.name] ?? "";
    find("fields-complaint").textContent = "";
    find("editor").showModal();
  };
  find("cancel").onclick = () => find("editor").close();
  form.onsubmit = async (event) => {
    event.preventDefault();
    const values = Object.fromEntries([...new FormData(form)].map(([name, text]) => [name, text.trim() || null]));
    if (values.Amount !== null) values.Amount = Number(values.Amount);
    if (await save(values, find("fields-complaint"))) find("editor").close();
  };
}
