import { LightningElement, api } from 'lwc';
import timeZone from '@salesforce/i18n/timeZone';
import { filled } from 'c/contentWording';
import { byDay, entriesOf } from './timeline';

import archived from '@salesforce/label/c.Touchline_Archived';
import by from '@salesforce/label/c.Touchline_By';
import expired from '@salesforce/label/c.Touchline_Expired';
import kindOpened from '@salesforce/label/c.Touchline_Kind_Opened';
import kindPresented from '@salesforce/label/c.Touchline_Kind_Presented';
import kindShared from '@salesforce/label/c.Touchline_Kind_Shared';
import lastOpened from '@salesforce/label/c.Touchline_Last_Opened';
import noneTouched from '@salesforce/label/c.Touchline_None_Touched';
import noneTouchedNext from '@salesforce/label/c.Touchline_None_Touched_Next';
import notOpened from '@salesforce/label/c.Touchline_Not_Opened';
import openedOnce from '@salesforce/label/c.Touchline_Opened_Once';
import openedTimes from '@salesforce/label/c.Touchline_Opened_Times';
import reviewDue from '@salesforce/label/c.Touchline_Review_Due';
import showAll from '@salesforce/label/c.Touchline_Show_All';
import sum from '@salesforce/label/c.Touchline_Sum';
import to from '@salesforce/label/c.Touchline_To';
import version from '@salesforce/label/c.Touchline_Version';

const FEW = 8;
const KINDS = {
  Shared: { text: kindShared, icon: 'utility:share' },
  Presented: { text: kindPresented, icon: 'utility:screen' },
  'Opened by buyer': { text: kindOpened, icon: 'utility:preview' },
};
const STALE = { Archived: archived, Expired: expired, 'Review due': reviewDue };

/** What was shared and presented for a deal, day by day, with what the buyer opened under each share. */
export default class ContentTimeline extends LightningElement {
  @api touches = [];

  label = { lastOpened, noneTouched, noneTouchedNext, notOpened };
  timeZone = timeZone;
  showsAll = false;
  focusAt;

  get entries() {
    return entriesOf(this.touches);
  }

  get isEmpty() {
    return this.touches.length === 0;
  }

  get days() {
    const shown = this.showsAll ? this.entries : this.entries.slice(0, FEW);
    return byDay(shown, timeZone).map((day) => ({ ...day, entries: day.entries.map(drawn) }));
  }

  get hasMore() {
    return !this.showsAll && this.entries.length > FEW;
  }

  get showAll() {
    return filled(showAll, this.entries.length);
  }

  get sum() {
    const shares = this.entries.filter(({ touch }) => touch.Kind__c === 'Shared');
    if (!shares.length) {
      return undefined;
    }
    const opened = shares.filter((share) => share.opened.length);
    const last = opened.map((share) => share.opened[0].Occurred_At__c).sort();
    return { text: filled(sum, opened.length, shares.length), last: Date.parse(last.at(-1)) };
  }

  showRest() {
    this.showsAll = true;
    // The button vanishes; the keyboard goes on where the new entries begin.
    this.focusAt = this.entries[FEW].touch.Id;
  }

  renderedCallback() {
    if (this.focusAt) {
      this.template.querySelector(`[data-id="${this.focusAt}"]`)?.focus();
      this.focusAt = undefined;
    }
  }
}

function drawn({ touch, opened }) {
  const isOpening = touch.Kind__c === 'Opened by buyer';
  const many = opened.length > 1;
  // Of "Ingrid Solberg <ingrid@…>" the name; an address alone stays.
  const recipient = touch.Recipient__c?.replace(/(.+?)\s*<[^>]*>$/, '$1');
  const actor = touch.Actor_Name__c && filled(by, touch.Actor_Name__c);
  return {
    id: touch.Id,
    kind: KINDS[touch.Kind__c] ?? { text: touch.Kind__c, icon: 'utility:record' },
    title: touch.Asset_Title__c,
    version: touch.Asset_Version__c && filled(version, touch.Asset_Version__c),
    stale: STALE[touch.Content_Asset__r?.Status__c],
    at: touch.Occurred_At__c,
    by: isOpening ? recipient : actor,
    to: !isOpening && recipient && filled(to, recipient),
    openings: opened.length > Number(isOpening) && {
      text: many ? filled(openedTimes, opened.length) : openedOnce,
      last: opened[0].Occurred_At__c,
    },
    isUnopened: touch.Kind__c === 'Shared' && Boolean(touch.Share_Ref__c) && !opened.length,
  };
}
