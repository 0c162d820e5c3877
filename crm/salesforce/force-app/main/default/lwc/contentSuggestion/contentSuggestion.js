import { LightningElement, api } from 'lwc';
import formFactor from '@salesforce/client/formFactor';
import { filled, languageName, whyOf } from 'c/contentWording';

import internal from '@salesforce/label/c.Touchline_Internal';
import open from '@salesforce/label/c.Touchline_Open';
import rank from '@salesforce/label/c.Touchline_Rank';
import reviewDue from '@salesforce/label/c.Touchline_Review_Due';
import share from '@salesforce/label/c.Touchline_Share';
import updated from '@salesforce/label/c.Touchline_Updated';
import version from '@salesforce/label/c.Touchline_Version';
import why from '@salesforce/label/c.Touchline_Why';

/** One suggestion: what it is, how fresh, why, and what can be done with it. Says "open" and "share" with its id. */
export default class ContentSuggestion extends LightningElement {
  @api suggestion;
  @api canOpen = false;
  @api canShare = false;

  label = { internal, open, reviewDue, share, updated, why };
  isSmall = formFactor === 'Small';

  get asset() {
    return this.suggestion.Content_Asset__r;
  }

  get rankSpoken() {
    return filled(rank, this.suggestion.Rank__c);
  }

  get facts() {
    const { Kind__c: kind, Language__c: language, Version__c: number } = this.asset;
    const said = [kind, language && languageName(language), number && filled(version, number)];
    return said.filter(Boolean).join(' · ');
  }

  get reasons() {
    return whyOf(this.suggestion).reasons.map((text, index) => ({ text, key: index }));
  }

  get verdict() {
    return whyOf(this.suggestion).verdict;
  }

  get verdictClass() {
    return `verdict ${this.verdict.kind}`;
  }

  get isInternal() {
    return this.asset.Audience__c === 'Internal';
  }

  get isReviewDue() {
    return this.asset.Status__c === 'Review due';
  }

  get isShareable() {
    return this.canShare && !this.isInternal;
  }

  get hasActions() {
    return this.canOpen || this.isShareable;
  }

  // The button says what it does; read out of its place it also says with what.
  get openSpoken() {
    return `${open}: ${this.asset.Title__c}`;
  }

  get shareSpoken() {
    return `${share}: ${this.asset.Title__c}`;
  }

  get frame() {
    return this.isSmall ? 'frame frame_small' : 'frame';
  }

  open() {
    this.dispatchEvent(new CustomEvent('open', { detail: this.suggestion.Id }));
  }

  share() {
    this.dispatchEvent(new CustomEvent('share', { detail: this.suggestion.Id }));
  }
}
