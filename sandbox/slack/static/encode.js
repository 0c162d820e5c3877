// From what people type to Slack's text.

const URLS = /https?:\/\/[^\s<>]+[^\s<>.,;:!?)\]]|[\w.+-]+@[\w-]+\.[\w.-]*\w/g;
const SIGNS = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
const escaped = (text) => text.replace(/[&<>]/g, (sign) => SIGNS[sign]);

/** Turn what was typed into Slack's text: escaped, names to ids, addresses in brackets. */
export function encode(typed, state) {
  let text = escaped(typed);
  text = text.replace(URLS, (url) => (url.includes("://") ? `<${url}>` : `<mailto:${url}|${url}>`));
  const people = [...state.users].sort((one, other) => other.real_name.length - one.real_name.length);
  for (const user of people) text = text.replaceAll(`@${escaped(user.real_name)}`, `<@${user.id}>`);
  for (const channel of state.channels) {
    if (channel.kind !== "im") text = text.replace(new RegExp(`#${channel.name}(?![\\w-])`, "g"), `<#${channel.id}>`);
  }
  return text;
}

/** Return the web links in a text that lie in these domains or below. */
export function linksIn(typed, domains) {
  const urls = [...new Set(typed.match(URLS) ?? [])].filter((url) => url.includes("://"));
  return urls.filter((url) => {
    const { hostname } = URL.canParse(url) ? new URL(url) : { hostname: "" };
    return domains.some((domain) => hostname === domain || hostname.endsWith(`.${domain}`));
  });
}
