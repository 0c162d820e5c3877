/** Arranges touches for reading: what the buyer opened under the share it belongs to, and all of it by day. */

const SHARED = 'Shared';
const OPENED = 'Opened by buyer';

/** Returns {touch, opened} newest first; openings whose share is not among the touches are an entry of their own. */
export function entriesOf(touches) {
  const newest = [...touches].sort((one, other) => other.Occurred_At__c.localeCompare(one.Occurred_At__c));
  const shares = new Set(newest.filter((one) => one.Kind__c === SHARED).map(shareOf));
  const openings = new Map();
  for (const touch of newest.filter((one) => one.Kind__c === OPENED)) {
    openings.set(shareOf(touch), [...(openings.get(shareOf(touch)) ?? []), touch]);
  }
  return newest
    .map((touch) => ({ touch, opened: openings.get(shareOf(touch)) ?? [] }))
    .filter(({ touch, opened }) => {
      return touch.Kind__c !== OPENED || (!shares.has(shareOf(touch)) && touch === opened[0]);
    });
}

/** Returns the entries by the day, in the user's time zone, on which they happened. */
export function byDay(entries, timeZone) {
  // Only the key of a day, which nobody reads: what is read is formatted by the platform.
  // eslint-disable-next-line @salesforce/lightning/prefer-i18n-service
  const calendar = new Intl.DateTimeFormat('en-CA', { timeZone });
  const days = new Map();
  for (const entry of entries) {
    const day = calendar.format(new Date(entry.touch.Occurred_At__c));
    days.set(day, [...(days.get(day) ?? []), entry]);
  }
  return [...days].map(([key, within]) => ({ key, at: within[0].touch.Occurred_At__c, entries: within }));
}

// A touch that belongs to no share stands for itself.
function shareOf(touch) {
  return touch.Share_Ref__c ?? touch.Id;
}
