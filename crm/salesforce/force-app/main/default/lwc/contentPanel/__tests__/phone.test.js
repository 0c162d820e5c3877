import { createElement } from 'lwc';
import read from '@salesforce/apex/ContentPanelController.read';
import ContentShare from 'c/contentShare';
import ContentPanel from 'c/contentPanel';
import PANEL from './data/panel.json';

jest.mock('@salesforce/client/formFactor', () => ({ default: 'Small' }), { virtual: true });
jest.mock('@salesforce/apex', () => ({ refreshApex: jest.fn() }), { virtual: true });
jest.mock(
  '@salesforce/apex/ContentPanelController.read',
  () => ({ default: jest.requireActual('@salesforce/sfdx-lwc-jest').createApexTestWireAdapter(jest.fn()) }),
  { virtual: true },
);

const settled = () => new Promise((resolve) => setTimeout(resolve));

async function shown() {
  const panel = createElement('c-content-panel', { is: ContentPanel });
  document.body.append(panel);
  read.emit(PANEL);
  await settled();
  return panel.shadowRoot;
}

afterEach(() => document.body.replaceChildren());

test('on a phone Ask in Slack stands once, below the suggestions, as wide as the page', async () => {
  const panel = await shown();

  const [ask, ...others] = panel.querySelectorAll('.ask');
  expect(others).toEqual([]);
  expect(ask.closest('section')).not.toBeNull();
  expect(ask.stretch).toBe(true);
  await expect(document.body).toBeAccessible();
});

test('on a phone a suggestion is one column with wide buttons', async () => {
  const panel = await shown();

  const suggestion = panel.querySelector('c-content-suggestion').shadowRoot;
  expect(suggestion.querySelector('.frame_small')).not.toBeNull();
  expect([...suggestion.querySelectorAll('lightning-button')].every((one) => one.stretch)).toBe(true);
});

test('on a phone the share dialog takes the whole page', async () => {
  ContentShare.open = jest.fn().mockResolvedValue();
  const panel = await shown();

  const event = new CustomEvent('share', { detail: PANEL.suggestions[0].Id });
  panel.querySelector('c-content-suggestion').dispatchEvent(event);
  await settled();

  expect(ContentShare.open).toHaveBeenCalledWith(expect.objectContaining({ size: 'full' }));
});
