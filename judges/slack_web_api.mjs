// @slack/web-api, unmodified, against the local Slack: methods, refusals, rate limits, files, views.
import { createServer } from 'node:http';
import { ErrorCode, WebClient, retryPolicies } from '@slack/web-api';
import {
  act, appPort, bot, button, deals, direct, gone, input, look, maya, messages, modal, plain, rafa, secrets, section,
  shared, stranger, token, url,
} from './slack_people.mjs';
import { check, close, expect, expectThat, given, refusal } from './tally.mjs';

const options = { slackApiUrl: `${url}/api/`, retryConfig: { retries: 0 }, logger: quiet() };
const client = new WebClient(token, options);
const errorOf = async (promise) => (await refusal(promise)).data.error;

function quiet() {
  const none = () => undefined;
  return { debug: none, info: none, warn: none, error: none, setLevel: none, getLevel: () => 'error', setName: none };
}

// An app that takes everything and keeps the last trigger id.
let heard = {};
const app = createServer((request, response) => {
  let body = '';
  request.on('data', (piece) => { body += piece; });
  request.on('end', () => {
    if (!body.startsWith('{')) {
      const form = Object.fromEntries(new URLSearchParams(body));
      heard = form.payload ? JSON.parse(form.payload) : form;
    }
    response.end();
  });
}).listen(appPort, '127.0.0.1');

async function trigger() {
  await act('command', { user: maya, channel: deals, command: '/content', text: '' });
  return heard.trigger_id;
}

// --- who
await check('auth.test', async () => {
  const found = await client.auth.test();
  expect([found.user_id, found.team_id, found.bot_id], [bot, 'T0JUDGES', 'B0BOT']);
  expectThat(found.response_metadata.scopes.includes('chat:write'), 'no scopes in the header');
});
await check('a wrong token is invalid_auth', async () =>
  expect(await errorOf(new WebClient('xoxb-no', options).auth.test()), 'invalid_auth'));
await check('no token is not_authed', async () =>
  expect(await errorOf(new WebClient(undefined, options).auth.test()), 'not_authed'));
await check('an unknown method is unknown_method', async () =>
  expect(await errorOf(client.apiCall('chat.shout', {})), 'unknown_method'));
await check('an unknown argument is invalid_arguments', async () =>
  expect(await errorOf(client.apiCall('chat.postMessage', { channel: deals, text: 'x', colour: 'red' })), 'invalid_arguments'));

// --- chat
const ts = await check('chat.postMessage', async () => {
  const found = await client.chat.postMessage({ channel: deals, text: 'Hello <@U0RAFA> & all' });
  expect([found.channel, found.message.user, found.message.bot_id], [deals, bot, 'B0BOT']);
  return found.ts;
});
await check('chat.postMessage with blocks in a thread', async () => {
  const found = await client.chat.postMessage({
    channel: deals, text: 'x', thread_ts: ts, blocks: [section('*b*'), { type: 'actions', elements: [button('go')] }],
    metadata: { event_type: 'judged', event_payload: { n: 1 } }, unfurl_links: false,
  });
  expect([found.message.thread_ts, found.message.blocks.length], [ts, 2]);
});
await check('chat.postMessage to a person goes to the direct conversation', async () => {
  const found = await client.chat.postMessage({ channel: maya, text: 'psst' });
  expect(found.channel, direct);
});
await check('chat.update', async () => {
  const found = await client.chat.update({ channel: deals, ts, text: 'Changed' });
  expect([found.ts, found.text], [ts, 'Changed']);
});
await check('chat.postEphemeral is for one pair of eyes', async () => {
  await client.chat.postEphemeral({ channel: deals, user: maya, text: 'only you' });
  const texts = async (user) => (await messages(deals, user)).map((one) => one.text);
  expect([(await texts(maya)).includes('only you'), (await texts(rafa)).includes('only you')], [true, false]);
});
await check('chat.getPermalink', async () => {
  const found = await client.chat.getPermalink({ channel: deals, message_ts: ts });
  expectThat(found.permalink.endsWith(`/archives/${deals}/p${ts.replace('.', '')}`), found.permalink);
});
await check('chat.unfurl', async () => {
  const link = 'https://decks.judges.example/1';
  const said = await act('say', { user: maya, channel: deals, text: `see <${link}>` });
  const found = await client.chat.unfurl({ channel: deals, ts: said.ts, unfurls: { [link]: { blocks: [section('A deck')] } } });
  expect(found.ok, true);
});
await check('chat.delete', async () => {
  const { ts: doomed } = await client.chat.postMessage({ channel: deals, text: 'doomed' });
  await client.chat.delete({ channel: deals, ts: doomed });
  expect(await errorOf(client.chat.delete({ channel: deals, ts: doomed })), 'message_not_found');
});
const refused = {
  channel_not_found: () => client.chat.postMessage({ channel: secrets, text: 'x' }),
  no_text: () => client.chat.postMessage({ channel: deals }),
  invalid_blocks: () => client.chat.postMessage({ channel: deals, text: 'x', blocks: [section('x'.repeat(3001))] }),
  invalid_blocks_format: () => client.apiCall('chat.postMessage', { channel: deals, text: 'x', blocks: '[' }),
  user_not_in_channel: () => client.chat.postEphemeral({ channel: shared, user: rafa, text: 'x' }),
  cant_update_message: async () => {
    const said = await act('say', { user: maya, channel: deals, text: 'mine' });
    return client.chat.update({ channel: deals, ts: said.ts, text: 'yours' });
  },
  msg_too_long: () => client.chat.postMessage({ channel: deals, text: 'x'.repeat(40_001) }),
  thread_not_found: () => client.chat.postMessage({ channel: deals, text: 'x', thread_ts: '1.1' }),
};
for (const [name, run] of Object.entries(refused)) {
  await check(`chat refuses ${name}`, async () => expect(await errorOf(run()), name));
}
await check('what is wrong with a block is said by its place', async () => {
  const problem = await refusal(client.chat.postMessage({ channel: deals, text: 'x', blocks: [section('x'.repeat(3001))] }));
  expectThat(/json-pointer:\/blocks\/0\/text\/text/.test(problem.data.response_metadata.messages[0]), 'no pointer');
});

// --- conversations
await check('conversations.info', async () => {
  const { channel } = await client.conversations.info({ channel: deals, include_num_members: true });
  expect([channel.name, channel.is_member, channel.num_members], ['deals', true, 4]);
});
await check('conversations.list, page by page', async () => {
  const names = [];
  for await (const page of client.paginate('conversations.list', { limit: 1, types: 'public_channel,private_channel' })) {
    names.push(...page.channels.map((one) => one.name));
  }
  expect(names.includes('deals') && !names.includes('secrets'), true);
});
await check('conversations.members', async () => {
  const found = await client.conversations.members({ channel: deals });
  expectThat(found.members.includes(rafa), 'Rafa is missing');
});
await check('conversations.open', async () => {
  const found = await client.conversations.open({ users: maya });
  expect(found.channel.id, direct);
});
await check('conversations.history and replies', async () => {
  const history = await client.conversations.history({ channel: deals, limit: 100 });
  expectThat(history.messages.some((one) => one.ts === ts), 'the message is not there');
  const replies = await client.conversations.replies({ channel: deals, ts });
  expect([replies.messages[0].ts, replies.messages.length], [ts, 2]);
});
await check('a private channel without the bot is not there', async () =>
  expect(await errorOf(client.conversations.info({ channel: secrets })), 'channel_not_found'));

await check('conversations.join: a public channel, not one that the bot may not see', async () => {
  const { channel } = await client.conversations.join({ channel: 'C0OPEN' });
  expect(channel.is_member, true);
  expect(await errorOf(client.conversations.join({ channel: secrets })), 'channel_not_found');
});

// --- users
await check('users.info tells language and time zone', async () => {
  const { user } = await client.users.info({ user: maya, include_locale: true });
  expect([user.locale, user.tz, user.is_bot], ['fr-FR', 'Europe/Paris', false]);
});
await check('users.list, page by page', async () => {
  const ids = [];
  for await (const page of client.paginate('users.list', { limit: 2 })) ids.push(...page.members.map((one) => one.id));
  expectThat(ids.includes(maya) && ids.includes(gone) && new Set(ids).size === ids.length, ids.join());
});
await check('users.lookupByEmail', async () => {
  const { user } = await client.users.lookupByEmail({ email: 'rafa@judges.example' });
  expect(user.id, rafa);
  expect(await errorOf(client.users.lookupByEmail({ email: 'gone@judges.example' })), 'users_not_found');
});
await check('a stranger cannot be written to', async () =>
  expectThat(await errorOf(client.conversations.open({ users: stranger })), 'opened'));

// --- views
const blocks = [input('b', { type: 'plain_text_input', action_id: 'a' })];
const opened = await check('views.open', async () => {
  const { view } = await client.views.open({ trigger_id: await trigger(), view: modal(blocks, { external_id: 'one' }) });
  expect([view.type, view.callback_id, view.root_view_id], ['modal', 'judged', view.id]);
  return view;
});
await check('a trigger id opens once', async () => {
  const id = heard.trigger_id;
  expectThat(['exchanged_trigger_id', 'expired_trigger_id'].includes(await errorOf(client.views.open({ trigger_id: id, view: modal(blocks) }))), 'twice');
});
await check('views.update with a stale hash is hash_conflict', async () => {
  const { view } = await client.views.update({ view_id: opened.id, hash: opened.hash, view: modal(blocks, { external_id: 'one' }) });
  expectThat(view.hash !== opened.hash, 'the hash stayed');
  expect(await errorOf(client.views.update({ external_id: 'one', hash: opened.hash, view: modal(blocks) })), 'hash_conflict');
});
await check('views.push goes three deep', async () => {
  const layer = modal([...blocks, { type: 'actions', elements: [button('deeper')] }]);
  await client.views.update({ view_id: opened.id, view: layer });
  const push = async (view_id) => {
    await act('click', { user: maya, view_id, action_id: 'deeper' });
    return (await client.views.push({ trigger_id: heard.trigger_id, view: layer })).view.id;
  };
  const third = await push(await push(opened.id));
  expectThat(/push_limit_reached/.test((await refusal(push(third))).message), 'a fourth');
});
await check('views.publish draws the Home tab', async () => {
  const { view } = await client.views.publish({ user_id: maya, view: { type: 'home', blocks: [section('Home')] } });
  expect(view.type, 'home');
});
await check('a view with a bad block says where', async () => {
  const bad = modal([{ type: 'input', label: plain('x'.repeat(2001)), element: { type: 'plain_text_input', action_id: 'a' } }]);
  const problem = await refusal(client.views.open({ trigger_id: await trigger(), view: bad }));
  expect(problem.data.error, 'invalid_arguments');
  expectThat(problem.data.response_metadata.messages.some((one) => one.includes('label')), 'no place');
});

// --- assistant
await check('assistant.threads.*', async () => {
  const said = await act('say', { user: maya, channel: direct, text: 'hello' });
  await client.assistant.threads.setStatus({ channel_id: direct, thread_ts: said.ts, status: 'is thinking…' });
  await client.assistant.threads.setSuggestedPrompts({ channel_id: direct, prompts: [{ title: 'A', message: 'a' }] });
});
await check('assistant.threads.setTitle', async () => {
  const said = await act('say', { user: maya, channel: direct, text: 'title me' });
  await client.assistant.threads.setTitle({ channel_id: direct, thread_ts: said.ts, title: 'Pricing' });
});

// --- files
await check('files.uploadV2 in one go', async () => {
  const found = await client.filesUploadV2({
    channel_id: deals, initial_comment: 'the deck', file: Buffer.from('deck'), filename: 'deck.txt', title: 'Deck',
  });
  const id = found.files[0].files[0].id;
  expectThat(/^F/.test(id), id);
  const { file } = await client.files.info({ file: id });
  expect([file.title, file.size], ['Deck', 4]);
});
await check('several files with one comment, in a thread', async () => {
  const found = await client.filesUploadV2({
    channel_id: deals, thread_ts: ts, initial_comment: 'two',
    file_uploads: [1, 2].map((n) => ({ file: Buffer.from(`${n}`), filename: `${n}.txt` })),
  });
  expect(found.files.flatMap((one) => one.files).length, 2);
});

// --- Socket Mode's door
await check('apps.connections.open wants an app-level token', async () =>
  expect(await errorOf(client.apps.connections.open()), 'not_allowed_token_type'));
await check('apps.connections.open gives a WebSocket address', async () => {
  await act('sockets', { socket_mode: true });
  const found = await new WebClient(given('SANDBOX_APP_TOKEN'), options).apps.connections.open();
  await act('sockets', { socket_mode: false });
  expectThat(/^wss?:/.test(found.url), found.url);
});

// --- the app itself
await check('bots.info', async () => {
  const found = await client.bots.info({ bot: 'B0BOT' });
  expect([found.bot.user_id, found.bot.deleted], [bot, false]);
});
await check('blocks.validate tells what is wrong where', async () => {
  expect((await client.apiCall('blocks.validate', { blocks: [section('fine')] })).ok, true);
  const problem = await refusal(client.apiCall('blocks.validate', { blocks: [section('x'.repeat(3001))] }));
  expect(problem.data.error, 'invalid_blocks');
  expectThat(/json-pointer:\/blocks\/0\/text\/text/.test(problem.data.errors[0]), problem.data.errors[0]);
});
await check('apps.manifest.validate takes a good manifest and refuses a bad one', async () => {
  const manifest = (name) => ({
    display_information: { name },
    features: { bot_user: { display_name: 'Judged' } },
    oauth_config: { scopes: { bot: ['chat:write'] } },
  });
  const configurer = new WebClient(given('SANDBOX_CONFIGURATION_TOKEN'), options);
  const validate = (name) => configurer.apps.manifest.validate({ manifest: JSON.stringify(manifest(name)) });
  expect((await validate('Judged')).ok, true);
  expect(await errorOf(validate('x'.repeat(36))), 'invalid_manifest');
  expect(await errorOf(client.apps.manifest.validate({ manifest: '{}' })), 'not_allowed_token_type');
});

// --- trouble
await check('a rate limit is waited for, and the call succeeds', async () => {
  await act('faults', { method: 'chat.postMessage', kind: '429', times: 1, seconds: 1 });
  const patient = new WebClient(token, { ...options, retryConfig: retryPolicies.rapidRetryPolicy });
  const started = Date.now();
  await patient.chat.postMessage({ channel: deals, text: 'patient' });
  expectThat(Date.now() - started >= 950, 'Retry-After was not waited for');
});
await check('a rate limit is told to who will not wait', async () => {
  await act('faults', { method: 'chat.postMessage', kind: '429', times: 1, seconds: 7 });
  const proud = new WebClient(token, { ...options, rejectRateLimitedCalls: true });
  const problem = await refusal(proud.chat.postMessage({ channel: deals, text: 'proud' }));
  expect([problem.code, problem.retryAfter], [ErrorCode.RateLimitedError, 7]);
});
await check('too many messages to one channel are ratelimited by themselves', async () => {
  await act('limits', { on: true });
  const proud = new WebClient(token, { ...options, rejectRateLimitedCalls: true });
  const problem = await refusal((async () => {
    for (let n = 0; n < 20; n += 1) await proud.chat.postMessage({ channel: shared, text: `${n}` });
  })());
  await act('limits', { on: false });
  expect(problem.code, ErrorCode.RateLimitedError);
});
await check('a 500 and a cut connection are retried', async () => {
  await act('faults', { method: 'chat.postMessage', kind: '500', times: 1 });
  await act('faults', { method: 'chat.postMessage', kind: 'drop', times: 1 });
  const patient = new WebClient(token, { ...options, retryConfig: retryPolicies.rapidRetryPolicy });
  await patient.chat.postMessage({ channel: deals, text: 'in the end' });
  expect((await messages(deals)).filter((one) => one.text === 'in the end').length, 1);
});
await check('a lost reply makes a message twice', async () => {
  await act('faults', { method: 'chat.postMessage', kind: 'lost_reply', times: 1 });
  const patient = new WebClient(token, { ...options, retryConfig: retryPolicies.rapidRetryPolicy });
  await patient.chat.postMessage({ channel: deals, text: 'twice' });
  expect((await messages(deals)).filter((one) => one.text === 'twice').length, 2);
});
await check('everything was recorded', async () => {
  const { calls } = await look('received', { since: 0 });
  expectThat(calls.some((one) => one.method === 'views.open'), 'views.open is not in the record');
});
await check('after auth.revoke the token is dead', async () => {
  expect((await client.auth.revoke({ test: true })).revoked, false);
  expect((await client.auth.revoke()).revoked, true);
  expect(await errorOf(client.auth.test()), 'token_revoked');
});
app.close();
close();
