import { createElement } from 'lwc';
import ContentSuggestion from 'c/contentSuggestion';
import PANEL from '../../contentPanel/__tests__/data/panel.json';

const FIRST = PANEL.suggestions[0];

async function drawn(suggestion, rights = { canOpen: true, canShare: true }) {
  const element = createElement('c-content-suggestion', { is: ContentSuggestion });
  Object.assign(element, { suggestion, ...rights });
  document.body.append(element);
  await Promise.resolve();
  return element;
}

const of = (changes) => ({ ...FIRST, Content_Asset__r: { ...FIRST.Content_Asset__r, ...changes } });
const find = (element, selector) => element.shadowRoot.querySelector(selector);
const reasons = (element) =>
  [...element.shadowRoot.querySelectorAll('.reason')].map((one) => one.textContent);
const buttonIn = (element, selector) => find(element, selector).shadowRoot.querySelector('button');

afterEach(() => document.body.replaceChildren());

test.each(PANEL.suggestions)('suggestion $Rank__c says what it is and why', async (suggestion) => {
  const element = await drawn(suggestion);

  const { Title__c: title, Kind__c: kind, Version__c: version } = suggestion.Content_Asset__r;
  expect(find(element, 'h4').textContent).toBe(`Rank ${suggestion.Rank__c}\u00a0${title}`);
  expect(find(element, '.what').textContent).toContain(kind);
  expect(find(element, '.what').textContent).toContain(`Version ${version}`);
  const { en, verdict } = JSON.parse(suggestion.Reasons__c);
  expect(reasons(element)).toEqual(verdict ? en.slice(0, -1) : en);
  expect(find(element, '.verdict .told')?.textContent).toBe(verdict && en.at(-1));
  await expect(element).toBeAccessible();
});

test('each verdict is said in words with the number of deals, and has its own mark', async () => {
  const said = {};
  for (const suggestion of PANEL.suggestions) {
    const line = find(await drawn(suggestion), '.verdict');
    said[line?.querySelector('.mark').textContent] = line?.querySelector('.told').textContent;
  }

  expect(said).toEqual({
    '▲': 'Helps to win: +8 points (+3 to +13) · in deals like this (Manufacturing) · used in 142 deals',
    '▼': 'Hurts winning: −5 points (−8 to −2) · in all deals · used in 64 deals',
    '■': 'No clear effect on winning (−2 to +3 points) · in all deals · used in 211 deals',
    '○': 'Not enough evidence yet (used in 4 deals)',
    undefined: undefined,
  });
});

test('a verdict that only a later version knows is one more reason', async () => {
  const Reasons__c = JSON.stringify({ en: ['made for Retail', 'Cures: 5 points'], verdict: 'cures' });

  const element = await drawn({ ...FIRST, Reasons__c });

  expect(reasons(element)).toEqual(['made for Retail', 'Cures: 5 points']);
  expect(find(element, '.verdict')).toBeNull();
});

test('how fresh it is, is the day of its last update, the same in all time zones', async () => {
  const element = await drawn(of({ Updated_On__c: '2026-03-01' }));

  const day = find(element, '.fresh lightning-formatted-date-time');
  expect([day.value, day.timeZone]).toEqual(['2026-03-01', 'UTC']);
});

test('languages are named, and a tag that nobody knows is its own name', async () => {
  const portuguese = await drawn(of({ Language__c: 'pt_BR' }));
  const unknown = await drawn(of({ Language__c: 'no such language' }));

  expect(find(portuguese, '.what').textContent).toContain('Brazilian Portuguese');
  expect(find(unknown, '.what').textContent).toContain('no such language');
});

test('what is not known is left out', async () => {
  const element = await drawn({ ...FIRST, Content_Asset__r: { Title__c: 'Alone' } });

  expect(find(element, '.what').textContent).toBe('');
  expect(find(element, '.fresh')).toBeNull();
  await expect(element).toBeAccessible();
});

test('a due review is marked in words', async () => {
  expect(find(await drawn(of({ Status__c: 'Review due' })), '.review-due').textContent).toContain(
    'Review due',
  );
  expect(find(await drawn(of({ Status__c: 'Published' })), '.review-due')).toBeNull();
});

test('what is internal says so and can be opened, not shared', async () => {
  const element = await drawn(of({ Audience__c: 'Internal' }));

  expect(find(element, '.internal').textContent).toContain('Internal only');
  expect(find(element, '.share')).toBeNull();
  expect(find(element, '.open')).not.toBeNull();
  await expect(element).toBeAccessible();
});

test('without rights there are no buttons', async () => {
  const element = await drawn(of({ Audience__c: 'Customer' }), { canOpen: false, canShare: false });

  expect(find(element, 'lightning-button')).toBeNull();
});

test('buttons are pressed by keyboard or mouse and say which suggestion is meant', async () => {
  const element = await drawn(of({ Audience__c: 'Customer' }));
  const heard = [];
  element.addEventListener('open', ({ detail }) => heard.push(['open', detail]));
  element.addEventListener('share', ({ detail }) => heard.push(['share', detail]));

  for (const name of ['.open', '.share']) {
    const button = buttonIn(element, name);
    button.focus();
    expect(find(element, name).shadowRoot.activeElement).toBe(button);
    button.click();
  }

  expect(heard).toEqual([
    ['open', FIRST.Id],
    ['share', FIRST.Id],
  ]);
});

test('the names of the buttons begin with what they show, and name the content', async () => {
  const element = await drawn(of({ Audience__c: 'Customer' }));

  const title = FIRST.Content_Asset__r.Title__c;
  expect(buttonIn(element, '.open').getAttribute('aria-label')).toBe(`Open: ${title}`);
  expect(buttonIn(element, '.share').getAttribute('aria-label')).toBe(`Share: ${title}`);
});

test('without translated reasons there is the English line', async () => {
  for (const Reasons__c of [undefined, '', 'not json', 'null', '{}', '{"en": []}']) {
    const element = await drawn({ ...FIRST, Reasons__c });
    expect(reasons(element)).toEqual([FIRST.Reason__c]);
  }
  expect(reasons(await drawn({ ...FIRST, Reasons__c: '', Reason__c: undefined }))).toEqual([]);
});
