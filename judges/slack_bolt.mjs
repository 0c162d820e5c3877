// @slack/bolt, unmodified, as the app of the local Slack, by signed requests or by Socket Mode.
import bolt from '@slack/bolt';
import {
  act, appPort, bot, button, deals, direct, input, look, maya, messages, modal, plain, secret, section, token, url,
} from './slack_people.mjs';
import { check, close, expect, expectThat, given } from './tally.mjs';

const isSocket = given('SANDBOX_WAY') === 'socket';
const heard = [];
const clientOptions = { slackApiUrl: `${url}/api/`, retryConfig: { retries: 0 } };
const app = new bolt.App({
  token, clientOptions, logger: quiet(),
  // The address that the local Slack sends requests to is Bolt's own.
  ...(isSocket ? { socketMode: true, appToken: given('SANDBOX_APP_TOKEN') } : { signingSecret: secret }),
});

function quiet() {
  const none = () => undefined;
  return { debug: none, info: none, warn: none, error: none, setLevel: none, getLevel: () => 'error', setName: none };
}

app.command('/content', async ({ ack, command, client, respond }) => {
  heard.push(['command', command.text]);
  if (command.text === 'inline') return ack({ text: 'inline answer', response_type: 'ephemeral' });
  await ack();
  if (command.text === 'late') return respond({ text: 'late answer', response_type: 'in_channel' });
  if (command.text === 'modal') await client.views.open({ trigger_id: command.trigger_id, view: form });
  return undefined;
});
const form = modal([
  input('note', { type: 'plain_text_input', action_id: 'text' }),
  input('who', { type: 'external_select', action_id: 'who', min_query_length: 0, placeholder: plain('Who') }, { optional: true }),
], { notify_on_close: true, private_metadata: 'kept' });

app.view('judged', async ({ ack, view, body }) => {
  const note = view.state.values.note.text.value;
  heard.push(['view', note, view.private_metadata, body.user.id]);
  if (note === 'bad') return ack({ response_action: 'errors', errors: { note: 'Not that' } });
  if (note === 'next') return ack({ response_action: 'update', view: modal([section('Next')], { callback_id: 'next' }) });
  if (note === 'deeper') return ack({ response_action: 'push', view: modal([section('Deeper')], { callback_id: 'next' }) });
  return ack();
});
app.view({ callback_id: 'judged', type: 'view_closed' }, async ({ ack, body }) => {
  heard.push(['closed', body.is_cleared]);
  await ack();
});
app.action('go', async ({ ack, action, body, respond }) => {
  heard.push(['action', action.value, body.container.type, body.channel.id]);
  await ack();
  await respond({ replace_original: true, text: 'pressed' });
});
app.action('pick', async ({ ack, action }) => {
  heard.push(['pick', action.selected_option.value]);
  await ack();
});
app.options('who', async ({ ack, options }) => {
  heard.push(['options', options.value]);
  await ack({ options: [{ text: plain('Maya'), value: 'm' }] });
});
app.shortcut('share_this', async ({ ack, shortcut }) => {
  heard.push(['shortcut', shortcut.type, shortcut.message?.text]);
  await ack();
});
app.shortcut('anywhere', async ({ ack, shortcut }) => {
  heard.push(['shortcut', shortcut.type]);
  await ack();
});
app.event('app_mention', async ({ event, say, context }) => {
  heard.push(['mention', event.text, context.retryNum, context.retryReason]);
  await say({ text: `heard <@${event.user}>`, thread_ts: event.ts });
});
app.event('app_home_opened', async ({ event, client }) => {
  heard.push(['home', event.tab]);
  await client.views.publish({ user_id: event.user, view: { type: 'home', blocks: [section('Home')] } });
});
app.event('link_shared', async ({ event }) => { heard.push(['link', event.links[0].url]); });
app.message('hello', async ({ message, say }) => {
  heard.push(['message', message.channel_type]);
  await say('hi');
});
app.error(async () => undefined);
const start = () => (isSocket ? app.start() : app.start({ port: appPort, host: '127.0.0.1' }));
await start();

const last = (kind) => heard.filter(([one]) => one === kind).at(-1)?.slice(1);
const texts = async (channel = deals) => (await messages(channel)).map((one) => one.text);
const command = (text) => act('command', { user: maya, channel: deals, command: '/content', text });
const views = async () => (await look('state', { as: maya })).views;
/** Wait for what the app does after its acknowledgement. */
async function soon(holds, words, most = 300) {
  for (let tries = 0; tries < most; tries += 1) {
    if (await holds()) return;
    await new Promise((resume) => { setTimeout(resume, 10); });
  }
  throw new Error(words);
}

await check('a command is verified and acknowledged', async () => {
  const { deliveries: [one] } = await command('pricing');
  expect([one.status, one.failure, last('command')], [200, '', ['pricing']]);
});
await check('an answer in the acknowledgement shows', async () => {
  await command('inline');
  expectThat((await texts()).includes('inline answer'), 'it does not');
});
await check('a later answer by respond() shows', async () => {
  await command('late');
  await soon(async () => (await texts()).includes('late answer'), 'it does not');
});
await check('a mention is answered in its thread', async () => {
  const said = await act('say', { user: maya, channel: deals, text: `<@${bot}> hello there` });
  await soon(async () => (await messages(deals)).some((one) => one.thread_ts === said.ts), 'no answer');
});
await check('a direct message is a message event of an im', async () => {
  await act('say', { user: maya, channel: direct, text: 'hello' });
  await soon(async () => (await texts(direct)).includes('hi'), 'no answer');
  expect(last('message'), ['im']);
});
await check('opening the Home tab draws it', async () => {
  await act('open_home', { user: maya });
  await soon(async () => Boolean((await look('state', { as: maya })).home), 'no Home tab');
});
await check('a button is heard, and respond() redraws its message', async () => {
  const { ts } = await app.client.chat.postMessage({
    channel: deals, text: 'x', blocks: [{ type: 'actions', elements: [button('go', 'seven')] }],
  });
  await act('click', { user: maya, channel: deals, ts, action_id: 'go' });
  expect(last('action'), ['seven', 'message', deals]);
  await soon(async () => (await messages(deals)).find((one) => one.ts === ts).text === 'pressed', 'not redrawn');
});
await check('a choice in a message is heard', async () => {
  const options = ['a', 'b'].map((value) => ({ text: plain(value), value }));
  const pick = { type: 'static_select', action_id: 'pick', placeholder: plain('Pick'), options };
  const { ts } = await app.client.chat.postMessage({ channel: deals, text: 'x', blocks: [{ type: 'actions', elements: [pick] }] });
  await act('click', { user: maya, channel: deals, ts, action_id: 'pick', value: 'b' });
  expect(last('pick'), ['b']);
});
const fill = async (text) => act('submit', { user: maya, view_id: (await views()).at(-1).id, values: { note: { text } } });
const openForm = async () => {
  await command('modal');
  await soon(async () => (await views()).at(-1)?.callback_id === 'judged', 'no modal');
};
await check('a submitted view arrives with its values and metadata', async () => {
  await openForm();
  await fill('good');
  expect(last('view'), ['good', 'kept', maya]);
  expect(await views(), []);
});
await check('errors in the acknowledgement stand under their inputs', async () => {
  await openForm();
  const done = await fill('bad');
  expect([done.ok, done.errors], [false, { note: 'Not that' }]);
});
await check('an update in the acknowledgement redraws the view', async () => {
  await fill('next');
  expect((await views()).map((one) => one.callback_id), ['next']);
  await act('close', { user: maya, view_id: (await views())[0].id });
});
await check('a push in the acknowledgement puts one on top', async () => {
  await openForm();
  await fill('deeper');
  expect((await views()).map((one) => one.callback_id), ['judged', 'next']);
});
await check('closing tells the app', async () => {
  await act('close', { user: maya, view_id: (await views())[0].id, whole_stack: true });
  expect(last('closed'), [true]);
});
await check('options are asked for', async () => {
  await openForm();
  const view_id = (await views()).at(-1).id;
  const { options } = await act('suggest', { user: maya, view_id, action_id: 'who', value: 'ma' });
  expect([last('options'), options.map((one) => one.value)], [['ma'], ['m']]);
});
await check('a message shortcut brings its message', async () => {
  const said = await act('say', { user: maya, channel: deals, text: 'share me' });
  await act('shortcut', { user: maya, channel: deals, ts: said.ts, callback_id: 'share_this' });
  expect(last('shortcut'), ['message_action', 'share me']);
});
await check('a global shortcut is heard', async () => {
  await act('shortcut', { user: maya, callback_id: 'anywhere' });
  expect(last('shortcut'), ['shortcut']);
});
await check('a link to a registered domain is an event', async () => {
  await act('say', { user: maya, channel: deals, text: 'see <https://decks.judges.example/1>' });
  expect(last('link'), ['https://decks.judges.example/1']);
});
if (isSocket) await socketOnly();
else await httpOnly();
await app.stop();
close();

async function httpOnly() {
  await check('a request with a wrong signature is refused', async () => {
    const headers = {
      'Content-Type': 'application/x-www-form-urlencoded', 'X-Slack-Signature': 'v0=00',
      'X-Slack-Request-Timestamp': String(Math.floor(Date.now() / 1000)),
    };
    const answer = await fetch(`http://127.0.0.1:${appPort}/slack/events`, { method: 'POST', headers, body: 'command=/content' });
    expect(answer.status, 401);
  });
  await check('an app that is gone gets the event again at once, then after one and after five minutes', async () => {
    await app.stop();
    const { deliveries } = await act('say', { user: maya, channel: deals, text: `<@${bot}> anybody?` });
    const { deliveries: later } = await act('clock', { advance_seconds: 61 });
    const tries = [...deliveries, ...later].filter((one) => one.type === 'app_mention');
    expect(tries.map((one) => [one.failure, one.retry_num]), [0, 1, 2].map((n) => ['connection_failed', n]));
    await start();
    await act('clock', { advance_seconds: 301 });
    expect(last('mention'), [`<@${bot}> anybody?`, 3, 'connection_failed']);
  });
}

async function socketOnly() {
  const numbers = async () => (await look('sockets')).sockets.filter((one) => !one.leaving).map((one) => one.socket);
  const stillHeard = async (before, text) => {
    // Bolt waits for five seconds before it connects again.
    await soon(async () => (await numbers()).some((one) => !before.includes(one)), 'no new socket', 1500);
    await command(text);
    expect(last('command'), [text]);
  };
  await check('a socket asked to refresh is replaced by another', async () => {
    const before = await numbers();
    await act('sockets', { fault: 'disconnect', reason: 'refresh_requested' });
    await stillHeard(before, 'after refresh');
  });
  await check('a line that is cut is picked up again', async () => {
    const before = await numbers();
    await act('sockets', { fault: 'drop' });
    await stillHeard(before, 'after the cut');
  });
  await check('without a socket nothing arrives, and nothing is lost in silence', async () => {
    await app.stop();
    const { deliveries: [one] } = await command('nobody');
    expectThat(one.failure !== '', 'it counts as delivered');
    await start();
  });
}
