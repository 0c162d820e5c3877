import { createElement } from 'lwc';
import share from '@salesforce/apex/ContentActions.share';
import ContentShare from 'c/contentShare';
import PANEL from '../../contentPanel/__tests__/data/panel.json';

jest.mock('@salesforce/apex/ContentActions.share', () => ({ default: jest.fn() }), { virtual: true });

const [FIRST] = PANEL.contacts;
const LINKS = [
  {
    name: FIRST.Contact.Name,
    email: FIRST.Contact.Email,
    url: 'https://touchline.example.com/s/one',
    expires: '2026-12-22T12:00:00.000Z',
  },
  { name: '', email: 'kim@example.com', url: 'https://touchline.example.com/s/two' },
];
const settled = () => new Promise((resolve) => setTimeout(resolve));
const find = (modal, selector) => modal.shadowRoot.querySelector(selector);
const all = (modal, selector) => [...modal.shadowRoot.querySelectorAll(selector)];
const refusal = (message) => Object.assign(new Error(), { body: { message } });
const press = (modal, selector) => find(modal, selector).shadowRoot.querySelector('button').click();
const set = (modal, selector, value) =>
  find(modal, selector).dispatchEvent(new CustomEvent('change', { detail: { value } }));

async function drawn(contacts = PANEL.contacts) {
  const modal = createElement('c-content-share', { is: ContentShare });
  // As the platform hands it over.
  Object.assign(modal, {
    label: 'Share with the buyer',
    opportunityId: '006000000000001AAA',
    assetId: 'a00000000000001AAA',
    assetTitle: 'Pricing & terms',
    contacts,
  });
  document.body.append(modal);
  await settled();
  const emails = find(modal, '.emails');
  emails.setCustomValidity = jest.fn();
  emails.focus = jest.fn();
  return modal;
}

async function shared(note = '') {
  const modal = await drawn();
  set(modal, '.contacts', [FIRST.ContactId]);
  set(modal, '.emails', 'kim@example.com');
  set(modal, '.note', note);
  press(modal, '.send');
  await settled();
  return modal;
}

const complaint = (modal) => find(modal, '.emails').setCustomValidity.mock.calls.at(-1)[0];

beforeEach(() => share.mockResolvedValue(LINKS));

afterEach(() => {
  document.body.replaceChildren();
  jest.clearAllMocks();
});

describe('for whom', () => {
  test('the contacts of the deal can be chosen, each once', async () => {
    const modal = await drawn([...PANEL.contacts, { ...FIRST, Role: 'Another role' }]);

    const values = find(modal, '.contacts').options.map((one) => one.value);
    expect(values).toEqual(PANEL.contacts.map((one) => one.ContactId));
    const [{ label }] = find(await drawn(), '.contacts').options;
    expect(label).toContain(FIRST.Contact.Name);
    expect(label).toContain(FIRST.Contact.Email);
    expect(find(modal, '.emails').label).toBe('Somebody else’s e-mail');
    await expect(modal).toBeAccessible();
  });

  test('nobody is chosen beforehand', async () => {
    expect(find(await drawn(), '.contacts').value).toEqual([]);
  });

  test('without contacts there is the e-mail field alone', async () => {
    const modal = await drawn([]);

    expect(find(modal, '.contacts')).toBeNull();
    expect(find(modal, '.emails').label).toBe('E-mail');
    await expect(modal).toBeAccessible();
  });

  test('nobody at all is refused where it can be put right', async () => {
    const modal = await drawn();

    press(modal, '.send');

    expect(complaint(modal)).toBe('Choose a contact or type an e-mail address.');
    expect(find(modal, '.emails').focus).toHaveBeenCalled();
    expect(share).not.toHaveBeenCalled();
  });

  test.each(['kim', 'kim@', '@example.com', 'kim@example', 'a@b@c.example'])(
    '%s is no address',
    async (wrong) => {
      const modal = await drawn();
      set(modal, '.emails', `good@example.com, ${wrong}`);

      press(modal, '.send');

      expect(complaint(modal)).toBe(`Not an e-mail address: ${wrong}`);
      expect(share).not.toHaveBeenCalled();
    },
  );

  test('a complaint goes away as soon as something is changed', async () => {
    const modal = await drawn();
    press(modal, '.send');

    set(modal, '.contacts', [FIRST.ContactId]);

    expect(complaint(modal)).toBe('');
  });
});

describe('sharing', () => {
  test('sends what was filled in', async () => {
    const modal = await drawn();
    set(modal, '.contacts', [FIRST.ContactId]);
    set(modal, '.emails', ' kim@example.com;nok@example.com\nlee@example.com, ');
    set(modal, '.note', 'As discussed');

    press(modal, '.send');

    expect(share).toHaveBeenCalledWith({
      opportunityId: '006000000000001AAA',
      assetId: 'a00000000000001AAA',
      contactIds: [FIRST.ContactId],
      emails: ['kim@example.com', 'nok@example.com', 'lee@example.com'],
      note: 'As discussed',
      attempt: expect.stringMatching(/.{16,}/),
    });
  });

  test('a double click shares once, and meanwhile the dialog stays', async () => {
    let answer;
    share.mockReturnValue(new Promise((resolve) => (answer = resolve)));
    const modal = await drawn();
    set(modal, '.contacts', [FIRST.ContactId]);
    const closed = jest.fn();
    modal.addEventListener('close', closed);

    press(modal, '.send');
    press(modal, '.send');
    await settled();
    expect(find(modal, 'lightning-spinner').alternativeText).toBe('Creating the links');
    expect(modal.disableClose).toBe(true);
    press(modal, '.cancel');
    expect(closed).not.toHaveBeenCalled();
    answer(LINKS);
    await settled();

    expect(share).toHaveBeenCalledTimes(1);
    expect(modal.disableClose).toBe(false);
  });

  test('a refusal is shown as it is said, and sending again is the same attempt', async () => {
    share.mockRejectedValueOnce(refusal('This version has expired.')).mockResolvedValueOnce(LINKS);
    const modal = await drawn();
    set(modal, '.contacts', [FIRST.ContactId]);

    press(modal, '.send');
    await settled();
    expect(find(modal, '.problem').textContent).toBe('This version has expired.');
    expect(find(modal, '.problem').getAttribute('role')).toBe('alert');
    expect(find(modal, '.links')).toBeNull();
    await expect(modal).toBeAccessible();

    press(modal, '.send');
    await settled();
    expect(find(modal, '.problem').textContent).toBe('');
    const [[first], [second]] = share.mock.calls;
    expect(second.attempt).toBe(first.attempt);
  });

  test('two forms are two attempts', async () => {
    await shared();
    await shared();

    const [[first], [second]] = share.mock.calls;
    expect(second.attempt).not.toBe(first.attempt);
  });

  test('Cancel closes', async () => {
    const modal = await drawn();
    const closed = jest.fn();
    modal.addEventListener('close', closed);

    press(modal, '.cancel');

    expect(closed).toHaveBeenCalledTimes(1);
  });
});

describe('links', () => {
  test('each person has a link, and the keyboard goes to them', async () => {
    const modal = await shared();

    expect(modal.shadowRoot.activeElement).toBe(find(modal, '.ready'));
    expect(find(modal, '.ready').textContent).toBe('Links ready: 2');
    expect(all(modal, '.url').map((one) => one.value)).toEqual(LINKS.map((one) => one.url));
    expect(all(modal, '.name').map((one) => one.textContent)).toEqual([
      FIRST.Contact.Name,
      'kim@example.com',
    ]);
    expect(all(modal, '.url').map((one) => one.label)[1]).toBe('Link for kim@example.com');
    await expect(modal).toBeAccessible();
  });

  test('buttons are as wide as their words on a desktop', async () => {
    const modal = await shared();

    expect([...all(modal, '.copy'), find(modal, '.done')].map((one) => one.stretch)).toEqual([
      false,
      false,
      false,
    ]);
  });

  test('the keyboard is left where it is from then on', async () => {
    Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true });
    const modal = await shared();
    const focus = jest.spyOn(find(modal, '.ready'), 'focus');

    press(modal, '.copy');
    await settled();

    expect(focus).not.toHaveBeenCalled();
  });

  test('a link is copied, and that is read out', async () => {
    const writeText = jest.fn().mockResolvedValue();
    Object.defineProperty(navigator, 'clipboard', { value: { writeText }, configurable: true });
    const modal = await shared();

    all(modal, '.copy')[1].shadowRoot.querySelector('button').click();
    await settled();

    expect(writeText).toHaveBeenCalledWith('https://touchline.example.com/s/two');
    expect(find(modal, '.copied').textContent).toBe('Copied: link for kim@example.com');
    expect(find(modal, '.copied').getAttribute('role')).toBe('status');
  });

  test('where copying is not allowed, it says what to do', async () => {
    Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true });
    const modal = await shared();

    press(modal, '.copy');
    await settled();

    expect(find(modal, '.copied').textContent).toContain('copy it yourself');
  });

  test('an e-mail begins with title, note and link', async () => {
    const modal = await shared('As discussed & agreed');

    const mail = new URL(all(modal, '.mail')[1].href);
    expect(mail.pathname).toBe('kim%40example.com');
    expect(mail.searchParams.get('subject')).toBe('Pricing & terms');
    expect(mail.searchParams.get('body')).toBe(
      'As discussed & agreed\n\nhttps://touchline.example.com/s/two',
    );
  });

  test('Done closes', async () => {
    const modal = await shared();
    const closed = jest.fn();
    modal.addEventListener('close', closed);

    press(modal, '.done');

    expect(closed).toHaveBeenCalledTimes(1);
  });
});
