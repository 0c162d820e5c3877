import { createElement } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import read from '@salesforce/apex/ContentPanelController.read';
import askInSlack from '@salesforce/apex/ContentActions.askInSlack';
import openContent from '@salesforce/apex/ContentActions.openContent';
import ContentShare from 'c/contentShare';
import ContentPanel from 'c/contentPanel';
import PANEL from './data/panel.json';
import EMPTY from './data/empty.json';
import NO_SUGGESTIONS from './data/no_suggestions.json';
import NO_TOUCHES from './data/no_touches.json';

jest.mock(
  '@salesforce/apex/ContentPanelController.read',
  () => ({ default: jest.requireActual('@salesforce/sfdx-lwc-jest').createApexTestWireAdapter(jest.fn()) }),
  { virtual: true },
);
jest.mock('@salesforce/apex/ContentActions.askInSlack', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/ContentActions.openContent', () => ({ default: jest.fn() }), { virtual: true });
const mockNavigate = jest.fn();
jest.mock('lightning/navigation', () => {
  const NavigationMixin = (Base) =>
    class extends Base {
      navigate(page) {
        mockNavigate(page);
      }
    };
  return { NavigationMixin: Object.assign(NavigationMixin, { Navigate: 'navigate' }) };
});
jest.mock('@salesforce/apex', () => ({ refreshApex: jest.fn() }), { virtual: true });

const DEAL = '006000000000001AAA';
const settled = () => new Promise((resolve) => setTimeout(resolve));

function drawn() {
  const panel = createElement('c-content-panel', { is: ContentPanel });
  panel.recordId = DEAL;
  document.body.append(panel);
  return panel;
}

async function shown(data) {
  const panel = drawn();
  read.emit(data);
  await settled();
  return panel;
}

async function failing(message) {
  const panel = drawn();
  read.error({ message });
  await settled();
  return panel;
}

const find = (panel, selector) => panel.shadowRoot.querySelector(selector);
const all = (panel, selector) => [...panel.shadowRoot.querySelectorAll(selector)];
const suggestions = (panel) => all(panel, 'c-content-suggestion');
const said = (panel) => find(panel, '.said').textContent;
const buttonIn = (button) => button.shadowRoot.querySelector('button');
const refusal = (message) => Object.assign(new Error(), { body: { message } });

/** Something that is answered when the test says so. */
function later() {
  const answer = {};
  answer.promise = new Promise((resolve, reject) => Object.assign(answer, { resolve, reject }));
  return answer;
}

beforeEach(() => {
  askInSlack.mockResolvedValue();
  openContent.mockResolvedValue('https://touchline.example.com/o/one');
  refreshApex.mockResolvedValue();
  ContentShare.open = jest.fn().mockResolvedValue();
});

afterEach(() => {
  document.body.replaceChildren();
  jest.clearAllMocks();
});

describe('what is shown', () => {
  test('the deal of the page is read', async () => {
    await shown(PANEL);

    expect(read.getLastConfig()).toEqual({ opportunityId: DEAL });
  });

  test('suggestions come by rank, whatever the order in which they are read', async () => {
    const panel = await shown({ ...PANEL, suggestions: [...PANEL.suggestions].reverse() });

    const ranks = suggestions(panel).map((one) => one.suggestion.Rank__c);
    expect(ranks.length).toBeGreaterThan(1);
    expect(ranks).toEqual([...ranks].sort((one, other) => one - other));
    await expect(panel).toBeAccessible();
  });

  test('all touches are handed to the timeline', async () => {
    const panel = await shown(PANEL);

    expect(find(panel, 'c-content-timeline').touches).toEqual(PANEL.touches);
  });

  test('how much there is, is read out once it is there', async () => {
    const panel = drawn();
    await settled();
    expect(said(panel)).toBe('');

    read.emit(PANEL);
    await settled();

    const counts = `Suggestions: ${PANEL.suggestions.length}. Entries in the timeline: ${PANEL.touches.length}.`;
    expect(said(panel)).toBe(counts);
    expect(find(panel, '.said').getAttribute('role')).toBe('status');
  });

  test('headings go down step by step', async () => {
    const panel = await shown(PANEL);

    expect(all(panel, 'h3').map((one) => one.textContent)).toEqual(['Suggested', 'What was touched']);
  });

  test('who may neither share nor ask gets no buttons for it', async () => {
    const panel = await shown({ ...PANEL, canShare: false, canAsk: false });

    expect(find(panel, '.ask')).toBeNull();
    expect(suggestions(panel).some((one) => one.canOpen || one.canShare)).toBe(false);
  });

  test('who may ask and not share can ask and open', async () => {
    const panel = await shown({ ...PANEL, canShare: false, canAsk: true });

    expect(find(panel, '.ask')).not.toBeNull();
    expect(suggestions(panel).every((one) => one.canOpen && !one.canShare)).toBe(true);
  });
});

describe('states', () => {
  test('while it loads, that is said in words', async () => {
    const panel = drawn();
    await settled();

    expect(find(panel, 'lightning-spinner').alternativeText).toBe('Loading the content for this deal');
    expect(find(panel, 'section')).toBeNull();
    await expect(panel).toBeAccessible();
  });

  test('where nothing is suggested, it says what to do next', async () => {
    const panel = await shown({ ...EMPTY, canAsk: true });

    const text = find(panel, '.none-suggested').textContent;
    expect(text).toContain('No suggestions yet');
    expect(text).toContain('Fill in the deal’s stage');
    expect(text).toContain('Or ask in Slack');
    expect(find(panel, '.chosen')).toBeNull();
    await expect(panel).toBeAccessible();
  });

  test('without suggestions the timeline is there, and without touches the suggestions are', async () => {
    const unsuggested = await shown(NO_SUGGESTIONS);
    expect(find(unsuggested, '.none-suggested')).not.toBeNull();
    expect(find(unsuggested, 'c-content-timeline').touches.length).toBeGreaterThan(0);
    await expect(unsuggested).toBeAccessible();

    const untouched = await shown(NO_TOUCHES);
    expect(suggestions(untouched)).toHaveLength(NO_TOUCHES.suggestions.length);
    expect(find(untouched, 'c-content-timeline').touches).toEqual([]);
    await expect(untouched).toBeAccessible();
  });

  test('who may not ask is not told to', async () => {
    const panel = await shown({ ...EMPTY, canAsk: false });

    expect(find(panel, '.none-suggested').textContent).not.toContain('Slack');
  });

  test('an error is worded, and can be tried again', async () => {
    const panel = await failing('The org is busy.');

    expect(find(panel, '.failed').getAttribute('role')).toBe('alert');
    expect(find(panel, '.failed').textContent).toContain('The org is busy.');
    await expect(panel).toBeAccessible();

    const answer = later();
    refreshApex.mockReturnValue(answer.promise);
    buttonIn(find(panel, '.retry')).click();
    await settled();
    expect(find(panel, 'lightning-spinner')).not.toBeNull();

    read.emit(PANEL);
    answer.resolve();
    await settled();
    expect(find(panel, '.failed')).toBeNull();
    expect(suggestions(panel)).toHaveLength(PANEL.suggestions.length);
  });

  test('an error that stays is shown again', async () => {
    const panel = await failing('The org is busy.');

    refreshApex.mockRejectedValue(refusal('The org is busy.'));
    buttonIn(find(panel, '.retry')).click();
    await settled();

    expect(find(panel, '.failed').textContent).toContain('The org is busy.');
  });

  test.each(['NO_ACCESS', 'You do not have access to the Apex class named ContentPanelController.'])(
    'without access it says whom to ask (%s)',
    async (message) => {
      const panel = await failing(message);

      expect(find(panel, '.locked').textContent).toContain('Touchline Rep');
      expect(panel.shadowRoot.textContent).not.toContain(message);
      expect(find(panel, '.retry')).toBeNull();
      await expect(panel).toBeAccessible();
    },
  );

  test('an error without words gets some', async () => {
    const panel = await failing('');

    expect(find(panel, '.failed').textContent).toContain('Try again in a moment.');
  });
});

describe('Ask in Slack', () => {
  test('asks for this deal once, however often it is pressed, and says so', async () => {
    const answer = later();
    askInSlack.mockReturnValue(answer.promise);
    const panel = await shown(PANEL);

    buttonIn(find(panel, '.ask')).click();
    buttonIn(find(panel, '.ask')).click();
    await settled();
    expect(said(panel)).toContain('One moment…');
    answer.resolve();
    await settled();

    expect(askInSlack.mock.calls).toEqual([[{ opportunityId: DEAL }]]);
    expect(said(panel)).toContain('Asked. Look into Slack');
    await expect(panel).toBeAccessible();
  });

  test('can be pressed again after an answer', async () => {
    const panel = await shown(PANEL);

    buttonIn(find(panel, '.ask')).click();
    await settled();
    buttonIn(find(panel, '.ask')).click();
    await settled();

    expect(askInSlack).toHaveBeenCalledTimes(2);
  });

  test('a refusal is shown as it is said', async () => {
    askInSlack.mockRejectedValue(refusal('Touchline is not set up in this org.'));
    const panel = await shown(PANEL);

    buttonIn(find(panel, '.ask')).click();
    await settled();

    expect(said(panel)).toContain('Touchline is not set up in this org.');
    expect(find(panel, '.slds-theme_error')).not.toBeNull();
    await expect(panel).toBeAccessible();
  });
});

describe('Open', () => {
  test('opens a link of one’s own in a new tab, and leaves it to press', async () => {
    const [first] = PANEL.suggestions;
    const panel = await shown(PANEL);

    suggestions(panel)[0].dispatchEvent(new CustomEvent('open', { detail: first.Id }));
    await settled();

    expect(openContent).toHaveBeenCalledWith({ opportunityId: DEAL, assetId: first.Content_Asset__c });
    expect(mockNavigate).toHaveBeenCalledWith({
      type: 'standard__webPage',
      attributes: { url: 'https://touchline.example.com/o/one' },
    });
    const link = find(panel, '.said a');
    expect(link.href).toBe('https://touchline.example.com/o/one');
    expect(link.textContent).toContain(first.Content_Asset__r.Title__c);
    await expect(panel).toBeAccessible();
  });

  test('a refusal is shown as it is said', async () => {
    openContent.mockRejectedValue(refusal('This content was archived.'));
    const panel = await shown(PANEL);

    suggestions(panel)[0].dispatchEvent(new CustomEvent('open', { detail: PANEL.suggestions[0].Id }));
    await settled();

    expect(said(panel)).toContain('This content was archived.');
    expect(find(panel, '.said a')).toBeNull();
  });
});

describe('Share', () => {
  test('asks for whom, once, and reads the deal again afterwards', async () => {
    const closed = later();
    ContentShare.open.mockReturnValue(closed.promise);
    const [first] = PANEL.suggestions;
    const panel = await shown(PANEL);

    const pressed = () => new CustomEvent('share', { detail: first.Id });
    suggestions(panel)[0].dispatchEvent(pressed());
    suggestions(panel)[0].dispatchEvent(pressed());
    await settled();

    expect(ContentShare.open).toHaveBeenCalledTimes(1);
    expect(ContentShare.open).toHaveBeenCalledWith({
      label: 'Share with the buyer',
      size: 'small',
      opportunityId: DEAL,
      assetId: first.Content_Asset__c,
      assetTitle: first.Content_Asset__r.Title__c,
      contacts: PANEL.contacts,
    });
    expect(refreshApex).not.toHaveBeenCalled();

    closed.resolve();
    await settled();
    expect(refreshApex).toHaveBeenCalledTimes(1);
  });
});

test('Refresh reads once, however often it is pressed', async () => {
  const answer = later();
  refreshApex.mockReturnValue(answer.promise);
  const panel = await shown(PANEL);

  find(panel, '.refresh').click();
  find(panel, '.refresh').click();
  answer.resolve();
  await settled();

  expect(refreshApex).toHaveBeenCalledTimes(1);
  expect(find(panel, 'lightning-spinner')).toBeNull();
});
