// Act for the people of the local Slack, and look at what they see.
import { given } from './tally.mjs';

export const url = given('SANDBOX_SLACK');
export const token = given('SANDBOX_BOT_TOKEN');
export const secret = given('SANDBOX_SIGNING_SECRET');
export const appPort = Number(given('SANDBOX_APP_PORT'));
export const [maya, rafa, guest, stranger, gone, bot] =
  ['U0MAYA', 'U0RAFA', 'U0GUEST', 'U0STRANGER', 'U0GONE', 'U0BOT'];
export const [deals, secrets, shared, direct] = ['C0DEALS', 'C0SECRETS', 'C0SHARED', 'D0MAYA'];

async function call(path, options) {
  const answer = await fetch(`${url}/_sandbox/${path}`, options);
  const body = await answer.json();
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${body.error}`);
  return body;
}

/** Do something as a person, or order a fault. */
export function act(what, fields) {
  return call(what, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(fields) });
}

export function look(what, query = {}) {
  return call(`${what}?${new URLSearchParams(query)}`);
}

/** Give a conversation's messages as this person sees them. */
export async function messages(channel, user = maya) {
  const state = await look('state', { as: user });
  return state.channels.find((one) => one.id === channel)?.messages ?? [];
}

export const plain = (text) => ({ type: 'plain_text', text });
export const section = (text) => ({ type: 'section', text: { type: 'mrkdwn', text } });
export const button = (action_id, value = 'v') => ({ type: 'button', action_id, value, text: plain('Press') });
export const modal = (blocks, more = {}) => ({
  type: 'modal', callback_id: 'judged', title: plain('Judged'), submit: plain('Go'), close: plain('No'), blocks, ...more,
});
export const input = (block_id, element, more = {}) => ({ type: 'input', block_id, label: plain('Say'), element, ...more });
