import { createElement } from 'lwc';
import ContentTimeline from 'c/contentTimeline';
import PANEL from '../../contentPanel/__tests__/data/panel.json';

jest.mock('@salesforce/i18n/timeZone', () => ({ default: 'Asia/Bangkok' }), { virtual: true });

const ROW = PANEL.touches.find((one) => one.Kind__c === 'Shared');
const of = (changes) => ({ ...ROW, ...changes });
const settled = () => new Promise((resolve) => setTimeout(resolve));

async function drawn(touches) {
  const element = createElement('c-content-timeline', { is: ContentTimeline });
  element.touches = touches;
  document.body.append(element);
  await settled();
  return element;
}

const find = (element, selector) => element.shadowRoot.querySelector(selector);
const all = (element, selector) => [...element.shadowRoot.querySelectorAll(selector)];
const ids = (element) => all(element, '.entry').map((one) => one.dataset.id);
const entry = (element, id) => all(element, '.entry').find((one) => one.dataset.id === id);

afterEach(() => document.body.replaceChildren());

test('what a deal was touched by stands under its days, in words', async () => {
  const element = await drawn(PANEL.touches);

  expect(all(element, '.day').length).toBeGreaterThan(1);
  const shown = new Set(all(element, '.kind').map((one) => one.textContent));
  expect([...shown].every((one) => ['Shared', 'Presented', 'Opened by the buyer'].includes(one))).toBe(true);
  expect(shown).toContain('Shared');
  await expect(element).toBeAccessible();
});

test('every opening is counted once: under its share, or as an entry of its own', async () => {
  const element = await drawn(PANEL.touches);
  find(element, '.show-all')?.click();
  await settled();

  const counts = all(element, '.opened span').map(({ textContent: text }) =>
    Number(text.match(/\d+(?= times)/) ?? 1),
  );
  const alone = all(element, '.kind').filter((one) => one.textContent === 'Opened by the buyer').length;
  const aloneAndCounted = all(element, '.entry').filter(
    (one) => one.querySelector('.kind').textContent === 'Opened by the buyer' && one.querySelector('.opened'),
  ).length;
  const openings = PANEL.touches.filter((one) => one.Kind__c === 'Opened by buyer').length;
  expect(openings).toBeGreaterThan(1);
  expect(counts.reduce((sum, one) => sum + one, 0) + alone - aloneAndCounted).toBe(openings);
});

test('a share tells who shared what with whom', async () => {
  const share = of({ Actor_Name__c: 'Hana Sato', Recipient__c: 'Ingrid Solberg <ingrid@example.com>' });
  const element = await drawn([share]);

  expect(find(element, '.title').textContent).toContain(ROW.Asset_Title__c);
  expect(find(element, '.version').textContent).toBe(`Version ${ROW.Asset_Version__c}`);
  expect(find(element, '.by').textContent).toBe('by Hana Sato');
  expect(find(element, '.to').textContent).toBe('to Ingrid Solberg');
});

test('an address without a name is shown as it is', async () => {
  const element = await drawn([of({ Recipient__c: 'ingrid@example.com' })]);

  expect(find(element, '.to').textContent).toBe('to ingrid@example.com');
});

test('openings stand under their share with count and last time, in whatever order they are read', async () => {
  const opening = { Kind__c: 'Opened by buyer', Share_Ref__c: 'one' };
  const element = await drawn([
    of({ ...opening, Id: 'early', Occurred_At__c: '2026-11-02T08:00:00.000Z' }),
    of({ Id: 'other', Share_Ref__c: 'two', Occurred_At__c: '2026-11-01T09:00:00.000Z' }),
    of({ Id: 'share', Share_Ref__c: 'one', Occurred_At__c: '2026-11-01T08:00:00.000Z' }),
    of({ ...opening, Id: 'late', Occurred_At__c: '2026-11-05T08:00:00.000Z' }),
  ]);

  expect(ids(element)).toEqual(['other', 'share']);
  const opened = entry(element, 'share').querySelector('.opened');
  expect(opened.textContent).toContain('Opened by the buyer 2 times, last:');
  expect(opened.querySelector('lightning-formatted-date-time').value).toBe('2026-11-05T08:00:00.000Z');
  expect(entry(element, 'other').querySelector('.unopened').textContent).toBe('Not opened yet');
  expect(entry(element, 'share').querySelector('.unopened')).toBeNull();
});

test('one opening is “once”', async () => {
  const element = await drawn([of({ Id: 'share' }), of({ Id: 'opening', Kind__c: 'Opened by buyer' })]);

  expect(find(element, '.opened').textContent).toContain('Opened by the buyer once:');
});

test('openings whose share is not there are one entry, by whom it was for', async () => {
  const opening = { Kind__c: 'Opened by buyer', Share_Ref__c: 'gone', Recipient__c: 'Nok <nok@example.com>' };
  const element = await drawn([
    of({ ...opening, Id: 'early', Occurred_At__c: '2026-11-02T08:00:00.000Z' }),
    of({ ...opening, Id: 'late', Occurred_At__c: '2026-11-05T08:00:00.000Z' }),
  ]);

  expect(ids(element)).toEqual(['late']);
  expect(find(element, '.kind').textContent).toBe('Opened by the buyer');
  expect(find(element, '.opened').textContent).toContain('2 times');
  expect(find(element, '.by').textContent).toBe('Nok');
  expect(find(element, '.to')).toBeNull();
});

test('touches without a share are never taken for each other', async () => {
  const none = { Share_Ref__c: undefined };
  const element = await drawn([
    of({ ...none, Id: 'presented', Kind__c: 'Presented' }),
    of({ ...none, Id: 'opened', Kind__c: 'Opened by buyer' }),
    of({ ...none, Id: 'shared' }),
  ]);

  expect(ids(element).sort()).toEqual(['opened', 'presented', 'shared']);
  expect(find(element, '.opened')).toBeNull();
  expect(find(element, '.unopened')).toBeNull();
});

test('a day is a day where the user is', async () => {
  // In Bangkok, seven hours ahead, the first two are on the same day.
  const element = await drawn([
    of({ Id: 'a', Occurred_At__c: '2026-11-02T16:59:00.000Z' }),
    of({ Id: 'b', Occurred_At__c: '2026-11-01T17:01:00.000Z' }),
    of({ Id: 'c', Occurred_At__c: '2026-11-01T16:59:00.000Z' }),
  ]);

  const days = all(element, '.day').map((day) =>
    [...day.querySelectorAll('.entry')].map((one) => one.dataset.id),
  );
  expect(days).toEqual([['a', 'b'], ['c']]);
  const zones = all(element, 'lightning-formatted-date-time').map((one) => one.timeZone);
  expect(new Set(zones)).toEqual(new Set(['Asia/Bangkok']));
});

test('what has expired since is marked in words', async () => {
  for (const [status, text] of [
    ['Expired', 'Expired'],
    ['Archived', 'Archived'],
    ['Review due', 'Review due'],
  ]) {
    const element = await drawn([of({ Content_Asset__r: { Status__c: status } })]);
    expect(find(element, '.stale').textContent).toContain(text);
  }
  expect(find(await drawn([of({ Content_Asset__r: { Status__c: 'Published' } })]), '.stale')).toBeNull();
  expect(find(await drawn([of({ Content_Asset__r: undefined })]), '.stale')).toBeNull();
});

test('how many shares were opened is summed up, with the last time', async () => {
  const element = await drawn([
    of({ Id: '1', Share_Ref__c: 'one' }),
    of({ Id: '2', Share_Ref__c: 'two' }),
    of({
      Id: '3',
      Share_Ref__c: 'one',
      Kind__c: 'Opened by buyer',
      Occurred_At__c: '2026-11-05T08:00:00.000Z',
    }),
  ]);

  expect(find(element, '.sum').textContent).toContain('Shares opened by the buyer: 1 of 2');
  const last = find(element, '.sum lightning-relative-date-time').value;
  expect(last).toBe(Date.parse('2026-11-05T08:00:00.000Z'));
});

test('nothing is summed up where nothing was shared', async () => {
  const element = await drawn([of({ Kind__c: 'Presented', Share_Ref__c: undefined })]);

  expect(find(element, '.sum')).toBeNull();
});

test('a long timeline begins short; its rest is a press away, and the keyboard goes on there', async () => {
  const many = Array.from({ length: 12 }, (_, n) =>
    of({ Id: `t${n}`, Share_Ref__c: `s${n}`, Occurred_At__c: `2026-11-02T08:${59 - n}:00.000Z` }),
  );
  const element = await drawn(many);
  expect(ids(element)).toHaveLength(8);
  const more = find(element, '.show-all');
  expect(more.label).toBe('Show all 12');

  more.shadowRoot.querySelector('button').click();
  await settled();

  expect(ids(element)).toHaveLength(12);
  expect(find(element, '.show-all')).toBeNull();
  expect(element.shadowRoot.activeElement.dataset.id).toBe('t8');
  await expect(element).toBeAccessible();
});

test('where nothing was touched, it says what will be here', async () => {
  const element = await drawn([]);

  expect(element.shadowRoot.textContent).toContain('Nothing shared or presented yet');
  expect(element.shadowRoot.textContent).toContain('What is shared here or in Slack');
  await expect(element).toBeAccessible();
});
