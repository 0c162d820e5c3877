// The control endpoints.

async function post(path, body) {
  const answer = await fetch(`/_sandbox/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.error);
  return said;
}

export const say = (body) => post("say", body);
export const command = (body) => post("command", body);
export const click = (body) => post("click", body);
export const submit = (body) => post("submit", body);
export const closeView = (body) => post("close", body);
export const shortcut = (body) => post("shortcut", body);
export const suggest = (body) => post("suggest", body);
export const compose = (body) => post("compose", body);
export const lookAt = (user, channel) => post("look_at", { user, entities: [{ type: "slack#/types/channel_id", value: channel }] });
export const openApp = (user, tab) => post(tab === "home" ? "open_home" : "open_dm", { user });

/** Put a file into a conversation; `where` holds user, channel, text and thread_ts. */
export async function upload(file, where) {
  const query = new URLSearchParams({ filename: file.name });
  for (const [name, value] of Object.entries(where)) if (value) query.set(name, value);
  const answer = await fetch(`/_sandbox/upload?${query}`, { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.error);
  return said;
}

/** Return what this person sees; with `since`, wait for a change. */
export async function look(user, since, signal) {
  const query = new URLSearchParams({ as: user });
  if (since !== null) query.set("since", since);
  const answer = await fetch(`/_sandbox/state?${query}`, { signal });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.error);
  return said;
}

export async function workspace() {
  return (await fetch("/_sandbox/workspace")).json();
}
