import { LightningElement, api, wire } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import { NavigationMixin } from 'lightning/navigation';
import formFactor from '@salesforce/client/formFactor';
import read from '@salesforce/apex/ContentPanelController.read';
import askInSlack from '@salesforce/apex/ContentActions.askInSlack';
import openContent from '@salesforce/apex/ContentActions.openContent';
import ContentShare from 'c/contentShare';
import { filled, refusalOf } from 'c/contentWording';

import ask from '@salesforce/label/c.Touchline_Ask';
import asked from '@salesforce/label/c.Touchline_Asked';
import chosen from '@salesforce/label/c.Touchline_Chosen';
import failed from '@salesforce/label/c.Touchline_Failed';
import loaded from '@salesforce/label/c.Touchline_Loaded';
import loading from '@salesforce/label/c.Touchline_Loading';
import noAccess from '@salesforce/label/c.Touchline_No_Access';
import noAccessNext from '@salesforce/label/c.Touchline_No_Access_Next';
import noneSuggested from '@salesforce/label/c.Touchline_None_Suggested';
import noneSuggestedAsk from '@salesforce/label/c.Touchline_None_Suggested_Ask';
import noneSuggestedNext from '@salesforce/label/c.Touchline_None_Suggested_Next';
import openHere from '@salesforce/label/c.Touchline_Open_Here';
import refresh from '@salesforce/label/c.Touchline_Refresh';
import retry from '@salesforce/label/c.Touchline_Retry';
import shareTitle from '@salesforce/label/c.Touchline_Share_Title';
import suggested from '@salesforce/label/c.Touchline_Suggested';
import title from '@salesforce/label/c.Touchline_Title';
import touched from '@salesforce/label/c.Touchline_Touched';
import working from '@salesforce/label/c.Touchline_Working';

const GOING_ON = { theme: 'slds-theme_shade' };
const DONE = { theme: 'slds-theme_success', icon: 'utility:success' };
const REFUSED = { theme: 'slds-theme_error', icon: 'utility:error' };

/** What to show the buyer of a deal, and what they were shown and opened. */
export default class ContentPanel extends NavigationMixin(LightningElement) {
  @api recordId;

  label = {
    ask,
    chosen,
    failed,
    loading,
    noAccess,
    noAccessNext,
    noneSuggested,
    noneSuggestedAsk,
    noneSuggestedNext,
    refresh,
    retry,
    suggested,
    title,
    touched,
  };
  isSmall = formFactor === 'Small';
  panel;
  error;
  notice;
  isBusy = false;
  isReading = false;
  wired;

  @wire(read, { opportunityId: '$recordId' })
  take(wired) {
    this.wired = wired;
    this.panel = wired.data;
    this.error = wired.error;
  }

  get isLoading() {
    return this.isReading || (!this.panel && !this.error);
  }

  get isLocked() {
    // The platform names the class to whom no permission set opens it; the rest of that text is translated.
    const said = refusalOf(this.error);
    return Boolean(this.error) && (said === 'NO_ACCESS' || said.includes('ContentPanelController'));
  }

  get errorText() {
    return refusalOf(this.error);
  }

  get suggestions() {
    return [...this.panel.suggestions].sort((one, other) => one.Rank__c - other.Rank__c);
  }

  get hasSuggestions() {
    return this.panel.suggestions.length > 0;
  }

  get chosenAt() {
    return Date.parse(this.suggestions[0]?.Suggested_At__c);
  }

  get canAsk() {
    return Boolean(this.panel?.canAsk);
  }

  get asksAbove() {
    return this.canAsk && !this.isSmall;
  }

  get asksBelow() {
    return this.canAsk && this.isSmall;
  }

  get frame() {
    return `slds-p-horizontal_medium ${this.isSmall ? 'frame_small' : ''}`;
  }

  get spoken() {
    if (this.isLoading || !this.panel) {
      return '';
    }
    return filled(loaded, this.panel.suggestions.length, this.panel.touches.length);
  }

  get noticeClass() {
    return `slds-scoped-notification slds-media slds-media_center slds-m-bottom_small ${this.notice.theme}`;
  }

  async readAgain() {
    if (this.isReading) {
      return;
    }
    this.notice = undefined;
    this.isReading = true;
    await this.reread();
    this.isReading = false;
  }

  ask() {
    return this.once(async () => {
      await askInSlack({ opportunityId: this.recordId });
      this.notice = { ...DONE, text: asked };
    });
  }

  open(event) {
    const suggestion = this.suggestionOf(event);
    return this.once(async () => {
      const url = await openContent({
        opportunityId: this.recordId,
        assetId: suggestion.Content_Asset__c,
      });
      // Some browsers keep a tab back that opens after an answer: the link is there as well.
      this.notice = { ...DONE, url, text: filled(openHere, suggestion.Content_Asset__r.Title__c) };
      this[NavigationMixin.Navigate]({ type: 'standard__webPage', attributes: { url } });
    });
  }

  share(event) {
    const suggestion = this.suggestionOf(event);
    return this.once(async () => {
      this.notice = undefined;
      await ContentShare.open({
        label: shareTitle,
        size: this.isSmall ? 'full' : 'small',
        opportunityId: this.recordId,
        assetId: suggestion.Content_Asset__c,
        assetTitle: suggestion.Content_Asset__r.Title__c,
        contacts: this.panel.contacts,
      });
      await this.reread();
    });
  }

  /** Does one thing at a time, so that a double click counts once; what is refused is shown as it is said. */
  async once(doing) {
    if (this.isBusy) {
      return;
    }
    this.isBusy = true;
    this.notice = { ...GOING_ON, text: working };
    try {
      await doing();
    } catch (error) {
      this.notice = { ...REFUSED, text: refusalOf(error) };
    } finally {
      this.isBusy = false;
    }
  }

  async reread() {
    try {
      await refreshApex(this.wired);
    } catch {
      // The wire takes the same error and shows it.
    }
  }

  suggestionOf(event) {
    return this.panel.suggestions.find((one) => one.Id === event.detail);
  }
}
