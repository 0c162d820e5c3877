/** Texts as a person reads them: places filled, reasons and languages in the user's language, errors worded. */
import lang from '@salesforce/i18n/lang';
import failedNext from '@salesforce/label/c.Touchline_Failed_Next';

// Which of the languages of Reasons__c speaks to whoever has set another country's kind of it.
const NEAREST = { en: 'en', fr: 'fr', pt: 'pt_BR', th: 'th', zh: 'zh_TW', ko: 'ko' };

// As the pictures of evidence mark verdicts, so that nobody needs to tell colours apart.
const MARKS = { helps: '▲', hurts: '▼', no_clear_effect: '■', not_enough: '○' };

/** Puts values into the places {0}, {1}, … of a label. */
export function filled(label, ...values) {
  return label.replace(/\{(\d)\}/g, (place, index) => values[index] ?? place);
}

/** Returns the reasons for a suggestion and the verdict on it, if there is one, in the user's language, else in English. */
export function whyOf(suggestion) {
  const said = parsed(suggestion.Reasons__c);
  const mine = said[NEAREST[lang.slice(0, 2)]] ?? [];
  const phrases = mine.length ? mine : (said.en ?? []);
  if (!phrases.length) {
    return { reasons: [suggestion.Reason__c].filter(Boolean) };
  }
  const mark = MARKS[said.verdict];
  return mark
    ? { reasons: phrases.slice(0, -1), verdict: { text: phrases.at(-1), kind: said.verdict, mark } }
    : { reasons: phrases };
}

/** Returns what a language is called in the user's language; a tag that nobody knows is its own name. */
export function languageName(tag) {
  try {
    return new Intl.DisplayNames([lang], { type: 'language' }).of(tag.replace('_', '-'));
  } catch {
    return tag;
  }
}

/** Returns the text of an error that Apex worded for a person, else a general one. */
export function refusalOf(error) {
  return error?.body?.message || failedNext;
}

function parsed(json) {
  try {
    return JSON.parse(json) ?? {};
  } catch {
    return {};
  }
}
