import { offerToEdit, showPath } from "/_static/edit.js";
import { offerToAsk, showSuggestions } from "/_static/panel.js";
import { asDate, day, element, moment, money, records } from "/_static/elements.js";

const RETRY_MS = 2000;
const id = location.pathname.split("/")[4];
const find = (name) => document.getElementById(name);
const drawn = new Map();
let revision = null;

const ICONS = {
  Shared: "M21 3 10 14M21 3l-7 18-4-7-7-4z",
  Presented: "M3 4h18v11H3zM12 15v5M8 20h8",
  "Opened by buyer": "M2 12s4-7 10-7 10 7 10 7-4 7-10 7-10-7-10-7zM12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6z",
};

function icon(kind) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("fill", "none");
  svg.setAttribute("stroke", "currentColor");
  svg.setAttribute("stroke-width", "1.9");
  svg.setAttribute("stroke-linecap", "round");
  svg.setAttribute("stroke-linejoin", "round");
  path.setAttribute("d", ICONS[kind] ?? "M12 5v14M5 12h14");
  svg.append(path);
  return svg;
}

function pairs(entries) {
  return entries.map(([label, value, wide]) =>
    element("div", wide ? { class: "wide" } : {}, element("dt", {}, label), element("dd", {}, value || "–")),
  );
}

function showHighlights(deal) {
  document.title = `${deal.Name} | Opportunity`;
  find("name").textContent = deal.Name;
  find("facts").replaceChildren(
    ...pairs([
      ["Account", deal.Account?.Name],
      ["Close date", day(deal.CloseDate)],
      ["Amount", money(deal.Amount)],
      ["Owner", deal.Owner?.Name],
    ]),
  );
}

function showDetails(deal) {
  const account = deal.Account ?? {};
  const employees = account.NumberOfEmployees;
  find("details").replaceChildren(
    ...pairs([
      ["Stage", deal.StageName],
      ["Probability", deal.Probability === null ? "" : `${deal.Probability} %`],
      ["Forecast category", deal.ForecastCategoryName],
      ["Type", deal.Type],
      ["Industry", account.Industry],
      ["Country", account.BillingCountry],
      ["Employees", employees ? employees.toLocaleString("en-US") : ""],
      ["Annual revenue", money(account.AnnualRevenue)],
      ["Main competitors", deal.MainCompetitors__c],
      ["Product interest", deal.Product_Interest__c],
      ["Account language", account.Language__c],
      ["Lead source", deal.LeadSource],
      ["Next step", deal.NextStep, true],
      ["Description", deal.Description, true],
      ["Created", moment(deal.CreatedDate)],
      ["Last modified", moment(deal.LastModifiedDate)],
    ]),
  );
}

// An item whose row is as before stays the same element, so that its highlight fades undisturbed.
function touch(row) {
  const said = JSON.stringify(row);
  const before = drawn.get(row.Id);
  if (before?.said === said) return before.item;
  const item = touchItem(row, { fresh: revision !== null && before === undefined });
  drawn.set(row.Id, { said, item });
  return item;
}

function touchItem(row, { fresh }) {
  const actor = row.Actor__r?.Name ?? row.Actor_Name__c;
  const version = row.Asset_Version__c ? `v${row.Asset_Version__c}` : "";
  const title = row.Asset_Title__c ?? row.Name;
  const how = [element("b", {}, row.Kind__c)];
  if (row.Recipient__c) how.push(row.Kind__c === "Opened by buyer" ? " · " : " with ", element("b", {}, row.Recipient__c));
  const byUs = row.Kind__c !== "Opened by buyer";
  if (byUs && actor && actor !== row.Recipient__c) how.push(" by ", element("b", {}, actor));
  if (row.Channel__c) how.push(` · ${row.Channel__c}`);
  const status = row.Content_Asset__r?.Status__c;
  if (status && status !== "Published") how.push(" ", element("span", { class: "status", "data-status": status }, status));
  return element(
    "li",
    { "data-id": row.Id, class: fresh ? "is-new" : "" },
    element("span", { class: "badge", "data-kind": row.Kind__c, title: row.Kind__c }, icon(row.Kind__c)),
    element("span", { class: "what" }, title, version && element("span", { class: "version" }, version)),
    element("time", { datetime: asDate(row.Occurred_At__c).toISOString() }, moment(row.Occurred_At__c)),
    element("span", { class: "how" }, ...how),
  );
}

function showTouches(rows) {
  find("touches-count").textContent = rows.length;
  if (rows.length === 0) {
    const words = "What the team shares or presents, and what the buyer opens, appears here by itself.";
    find("touches").replaceChildren(element("li", { class: "empty" }, element("b", {}, "No content touches yet"), words));
    return;
  }
  find("touches").replaceChildren(...rows.map(touch));
  // What has just come is what people wait for.
  find("touches").querySelector(".is-new")?.scrollIntoView({ block: "nearest", behavior: "smooth" });
}

function person(name, about, mark) {
  const initials = (name ?? "?").split(/\s+/).map((word) => [...word][0] ?? "").slice(0, 2).join("");
  const hue = [...(name ?? "")].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 360, 7);
  const face = element("span", { class: "face", style: `background: hsl(${hue} 42% 44%)` }, initials);
  const marked = mark ? element("span", { class: "mark" }, mark) : "";
  return element("li", {}, face, element("span", { class: "person" }, name ?? "–", marked, element("small", {}, about)));
}

function showPeople(list, rows, item, nobody) {
  find(`${list}-count`).textContent = rows.length;
  find(list).replaceChildren(...(rows.length ? rows.map(item) : [element("li", { class: "none" }, nobody)]));
}

function historyItem(row) {
  const facts = `${money(row.Amount)} · ${row.Probability ?? 0} % · closes ${day(row.CloseDate)}`;
  const who = `${moment(row.CreatedDate)} · ${row.CreatedBy?.Name ?? ""}`;
  return element("li", {}, element("b", {}, row.StageName), element("small", {}, facts), element("small", {}, who));
}

function show(page) {
  const deal = page.opportunity;
  showHighlights(deal);
  showPath(deal, page.stages);
  offerToEdit(deal);
  showDetails(deal);
  showSuggestions(records(deal.Content_Suggestions__r), "Content_Suggestions__r" in deal);
  offerToAsk(page.can_ask);
  showTouches(records(deal.Content_Touches__r));
  const about = (...parts) => parts.filter(Boolean).join(" · ");
  const contact = (row) => person(row.Contact?.Name, about(row.Role, row.Contact?.Title), row.IsPrimary && "Primary");
  showPeople("people", records(deal.OpportunityContactRoles), contact, "No contact roles.");
  const member = (row) => person(row.User?.Name, about(row.TeamMemberRole, row.User?.Title));
  showPeople("team", records(deal.OpportunityTeamMembers), member, "Only the owner.");
  showPeople("history", records(deal.OpportunityHistories), historyItem, "No changes yet.");
  revision = page.revision;
  find("record").hidden = false;
}

async function follow() {
  for (;;) {
    try {
      const since = revision === null ? "" : `?since=${revision}`;
      const response = await fetch(`/_sandbox/opportunity/${id}.json${since}`, { cache: "no-store" });
      if (!response.ok) throw new Error(`status ${response.status}`);
      const page = await response.json();
      if (page.revision !== revision) show(page);
      find("state").textContent = "Live";
    } catch {
      find("state").textContent = "Waiting for the org …";
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

follow();
