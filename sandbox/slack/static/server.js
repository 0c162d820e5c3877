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
export const openApp = (user, tab) => post(tab === "home" ? "open_home" : "open_dm", { user });

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
