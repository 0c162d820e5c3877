import PANEL from '../../contentPanel/__tests__/data/panel.json';

// One engine: a second one could not take over the elements of the first.
const lwc = jest.requireActual('lwc');
const KEYS = ['en', 'fr', 'pt_BR', 'th', 'zh_TW', 'ko'];
// Each language says which it is, so that none can stand for another.
const FIRST = {
  ...PANEL.suggestions[0],
  Reasons__c: JSON.stringify({
    ...Object.fromEntries(KEYS.map((key) => [key, [`reason in ${key}`, `verdict in ${key}`]])),
    verdict: 'helps',
  }),
};

async function drawnIn(language, tag, suggestion = FIRST) {
  jest.resetModules();
  jest.doMock('lwc', () => lwc);
  global.speak(language, tag);
  const { default: ContentSuggestion } = jest.requireActual('c/contentSuggestion');
  const element = lwc.createElement('c-content-suggestion', { is: ContentSuggestion });
  Object.assign(element, { suggestion, canOpen: true, canShare: true });
  document.body.append(element);
  await Promise.resolve();
  return element.shadowRoot;
}

const reason = (root) => root.querySelector('.reason').textContent;

afterEach(() => document.body.replaceChildren());

test.each([
  ['en', 'en-US', 'Open', 'English'],
  ['fr', 'fr-CA', 'Ouvrir', 'anglais'],
  ['pt_BR', 'pt-BR', 'Abrir', 'inglês'],
  ['th', 'th', 'เปิด', 'อังกฤษ'],
  ['zh_TW', 'zh-TW', '開啟', '英文'],
  ['ko', 'ko', '열기', '영어'],
])('%s is spoken', async (language, tag, open, english) => {
  const asset = { ...FIRST.Content_Asset__r, Language__c: 'en' };
  const root = await drawnIn(language, tag, { ...FIRST, Content_Asset__r: asset });

  expect(reason(root)).toBe(`reason in ${language}`);
  expect(root.querySelector('.told').textContent).toBe(`verdict in ${language}`);
  expect(root.querySelector('.open').label).toBe(open);
  expect(root.querySelector('.what').textContent).toContain(english);
});

test('who has another kind of a language gets ours, who has another language English', async () => {
  expect(reason(await drawnIn('en', 'pt-PT'))).toBe('reason in pt_BR');
  expect(reason(await drawnIn('en', 'de'))).toBe('reason in en');
});

test('a language without reasons falls back to English', async () => {
  const Reasons__c = JSON.stringify({ en: ['in English'], th: [] });

  expect(reason(await drawnIn('th', 'th', { ...FIRST, Reasons__c }))).toBe('in English');
});
