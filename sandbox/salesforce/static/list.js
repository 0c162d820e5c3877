import { day, element, money } from "/_static/elements.js";

const rows = document.getElementById("rows");
const nothing = document.getElementById("nothing");
const search = document.getElementById("search");
let asked = 0;

function row(deal) {
  const link = element("a", { href: `/lightning/r/Opportunity/${deal.Id}/view` }, deal.Name);
  const state = deal.IsWon ? " is-won" : deal.IsClosed ? " is-lost" : "";
  return element(
    "tr",
    {},
    element("td", {}, link, element("small", {}, deal.Account?.Name ?? "")),
    element("td", {}, element("span", { class: `chip${state}` }, deal.StageName)),
    element("td", { class: "number" }, money(deal.Amount)),
    element("td", { class: "when" }, day(deal.CloseDate)),
    element("td", {}, deal.Owner?.Name ?? ""),
  );
}

async function show() {
  const mine = ++asked;
  const response = await fetch(`/_sandbox/opportunities.json?search=${encodeURIComponent(search.value.trim())}`);
  const { opportunities } = await response.json();
  if (mine !== asked) return;
  rows.replaceChildren(...opportunities.map(row));
  nothing.hidden = opportunities.length > 0;
}

search.addEventListener("input", show);
show();
