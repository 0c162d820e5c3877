// Make elements and write values for people. Texts of the org only ever become text nodes.

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

export const money = (amount) =>
  amount === null || amount === undefined
    ? "–"
    : new Intl.NumberFormat("en-US", { style: "currency", currency: "USD", maximumFractionDigits: 0 }).format(amount);

export const day = (text) =>
  text
    ? new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeZone: "UTC" }).format(new Date(`${text}T00:00:00Z`))
    : "–";

export const moment = (text) =>
  text
    ? new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeStyle: "short" }).format(asDate(text))
    : "–";

// The API writes +0000, which not every browser reads.
export const asDate = (text) => new Date(text.replace(/\+0000$/, "Z"));

export const records = (related) => related?.records ?? [];
