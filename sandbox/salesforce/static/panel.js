// What the product's panel shows on an opportunity: what to send next and why, and the way to ask in Slack.
import { day, element, moment } from "/_static/elements.js";

const TOLD_MS = 8000;
const SHOWN_AT_FIRST = 3;
const MOST_REASONS = 4;
const MARKS = { helps: "▲", hurts: "▼", no_clear_effect: "■", not_enough: "○" };
const id = location.pathname.split("/")[4];
const find = (name) => document.getElementById(name);
let forgetting = 0;
let showsAll = false;

async function press(way, body) {
  const response = await fetch(`/_sandbox/opportunity/${id}/${way}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const said = await response.json();
  if (!response.ok) throw new Error(said[0].message);
  return said;
}

function tell(words, state) {
  clearTimeout(forgetting);
  find("told").textContent = words;
  find("told").dataset.state = state;
  if (state === "done") forgetting = setTimeout(() => tell("", ""), TOLD_MS);
}

async function during(button, act) {
  button.disabled = true;
  try {
    await act();
  } catch (error) {
    tell(error.message, "refused");
  } finally {
    button.disabled = false;
  }
}

export function offerToAsk(canAsk) {
  const button = find("ask");
  button.hidden = !canAsk;
  button.onclick = () =>
    during(button, async () => {
      tell("Asking…", "asking");
      const said = await press("ask", {});
      tell(`Asked. The answer comes to ${said.asked} as a direct message in Slack.`, "done");
    });
}

// The tab is opened at once, because a browser lets nothing open that the click did not.
function open(button, asset) {
  const tab = globalThis.open("", "_blank");
  return during(button, async () => {
    try {
      const { link } = await press("open", { asset });
      tab.location = link;
    } catch (error) {
      tab?.close();
      throw error;
    }
  });
}

function reasons(row) {
  try {
    const said = JSON.parse(row.Reasons__c ?? "");
    const listed = said[navigator.language.split("-")[0]] ?? said.en;
    if (Array.isArray(listed) && listed.length)
      return said.verdict in MARKS ? { listed: listed.slice(0, -1), verdict: said.verdict, told: listed.at(-1) } : { listed };
  } catch {
    // The line for related lists says the same.
  }
  return { listed: row.Reason__c ? [row.Reason__c] : [] };
}

function why(listed) {
  const more = listed.slice(MOST_REASONS);
  const items = listed.slice(0, MOST_REASONS).map((each) => element("li", {}, each));
  if (more.length) items.push(element("li", { class: "more", title: more.join(", ") }, `+${more.length}`));
  return items;
}

function suggestion(row) {
  const asset = row.Content_Asset__r;
  const title = element("button", { type: "button", class: "title" }, asset.Title__c);
  title.onclick = () => open(title, asset.External_Ref__c);
  const facts = [asset.Kind__c, asset.Language__c, asset.Version__c && `v${asset.Version__c}`];
  if (asset.Updated_On__c) facts.push(`updated ${day(asset.Updated_On__c)}`);
  const { listed, verdict, told } = reasons(row);
  const marks = [];
  if (asset.Audience__c === "Internal") marks.push(element("span", { class: "status", "data-status": "Internal" }, "Internal"));
  if (asset.Status__c !== "Published")
    marks.push(element("span", { class: "status", "data-status": asset.Status__c }, asset.Status__c));
  return element(
    "li",
    {},
    element("span", { class: "rank", "aria-hidden": "true" }, row.Rank__c),
    element(
      "div",
      {},
      element("p", { class: "what" }, title, ...marks),
      element("p", { class: "about" }, facts.filter(Boolean).join(" · ")),
      element("ul", { class: "reasons", "aria-label": "Reasons" }, ...why(listed)),
      verdict && element("p", { class: "verdict", "data-verdict": verdict }, element("span", { "aria-hidden": "true" }, MARKS[verdict]), told),
    ),
  );
}

export function showSuggestions(rows, isInstalled) {
  find("panel").hidden = !isInstalled;
  const nothing = element(
    "li",
    { class: "empty" },
    element("b", {}, "Nothing suggested yet"),
    "What fits this deal appears here once Touchline knows the deal.",
  );
  const shown = showsAll ? rows : rows.slice(0, SHOWN_AT_FIRST);
  find("suggestions").replaceChildren(...(rows.length ? shown.map(suggestion) : [nothing]));
  find("suggested").textContent = rows.length ? `Suggested ${moment(rows[0].Suggested_At__c)}` : "";
  find("more").hidden = rows.length <= SHOWN_AT_FIRST;
  find("more").textContent = showsAll ? "Show fewer" : `Show all ${rows.length}`;
  find("more").onclick = () => {
    showsAll = !showsAll;
    showSuggestions(rows, isInstalled);
  };
}
