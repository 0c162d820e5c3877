import { api } from 'lwc';
import LightningModal from 'lightning/modal';
import formFactor from '@salesforce/client/formFactor';
import timeZone from '@salesforce/i18n/timeZone';
import share from '@salesforce/apex/ContentActions.share';
import { filled, refusalOf } from 'c/contentWording';

import badEmail from '@salesforce/label/c.Touchline_Share_Bad_Email';
import cancel from '@salesforce/label/c.Touchline_Cancel';
import contactsOf from '@salesforce/label/c.Touchline_Share_Contacts';
import copied from '@salesforce/label/c.Touchline_Copied';
import copy from '@salesforce/label/c.Touchline_Copy';
import copyFailed from '@salesforce/label/c.Touchline_Copy_Failed';
import done from '@salesforce/label/c.Touchline_Done';
import email from '@salesforce/label/c.Touchline_Share_Email';
import emailHelp from '@salesforce/label/c.Touchline_Share_Email_Help';
import expires from '@salesforce/label/c.Touchline_Expires';
import how from '@salesforce/label/c.Touchline_Share_How';
import linkFor from '@salesforce/label/c.Touchline_Link_For';
import links from '@salesforce/label/c.Touchline_Links';
import make from '@salesforce/label/c.Touchline_Share_Make';
import making from '@salesforce/label/c.Touchline_Share_Making';
import nobody from '@salesforce/label/c.Touchline_Share_Nobody';
import note from '@salesforce/label/c.Touchline_Share_Note';
import otherEmail from '@salesforce/label/c.Touchline_Share_Other_Email';
import title from '@salesforce/label/c.Touchline_Share_Title';
import write from '@salesforce/label/c.Touchline_Write';

const EMAIL = /^[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+$/;

/** Asks for whom a content asset is, then shows each of them a link of their own to copy. */
export default class ContentShare extends LightningModal {
  @api opportunityId;
  @api assetId;
  @api assetTitle;
  @api contacts = [];

  // Not `label`: that is the modal's own.
  text = { cancel, contactsOf, copy, done, emailHelp, expires, how, make, making, note, title, write };
  timeZone = timeZone;
  isSmall = formFactor === 'Small';
  chosen = [];
  typed = '';
  note = '';
  isSending = false;
  problem = '';
  copySaid = '';
  links;
  focusesLinks = false;
  // Sent again, the same form shares once: Touchline knows it by this.
  attempt = `${Date.now()}-${Math.random()}`;

  get contactOptions() {
    const each = new Map(this.contacts.map((one) => [one.ContactId, one]));
    return [...each.values()].map((one) => ({ value: one.ContactId, label: described(one) }));
  }

  get hasContacts() {
    return this.contacts.length > 0;
  }

  get emailLabel() {
    return this.hasContacts ? otherEmail : email;
  }

  get ends() {
    return `slds-grid slds-grid_align-end ends ${this.frame}`;
  }

  get frame() {
    return this.isSmall ? 'frame_small' : '';
  }

  get linksReady() {
    return filled(links, this.links.length);
  }

  get shownLinks() {
    return this.links.map((one) => {
      const name = one.name || one.email;
      return {
        ...one,
        key: one.email,
        title: name,
        detail: one.name ? one.email : '',
        field: filled(linkFor, name),
        copySpoken: `${copy}: ${name}`,
        writeSpoken: `${write}: ${name}`,
        mail: this.mailTo(one),
      };
    });
  }

  choose(event) {
    this.chosen = event.detail.value;
    this.emailField.setCustomValidity('');
  }

  type(event) {
    this.typed = event.detail.value;
    this.emailField.setCustomValidity('');
  }

  write(event) {
    this.note = event.detail.value;
  }

  async send() {
    if (this.isSending || !this.isComplete()) {
      return;
    }
    this.isSending = true;
    this.disableClose = true;
    this.problem = '';
    try {
      this.links = await share({
        opportunityId: this.opportunityId,
        assetId: this.assetId,
        contactIds: this.chosen,
        emails: this.emails,
        note: this.note,
        attempt: this.attempt,
      });
      this.focusesLinks = true;
    } catch (error) {
      this.problem = refusalOf(error);
    } finally {
      this.isSending = false;
      this.disableClose = false;
    }
  }

  async copy(event) {
    const { link, name } = event.target.dataset;
    try {
      await navigator.clipboard.writeText(link);
      this.copySaid = filled(copied, name);
    } catch {
      this.copySaid = copyFailed;
    }
  }

  dismiss() {
    if (!this.isSending) {
      this.close();
    }
  }

  renderedCallback() {
    if (this.focusesLinks) {
      this.focusesLinks = false;
      this.template.querySelector('.ready').focus();
    }
  }

  get emails() {
    return this.typed.split(/[,;\s]+/).filter(Boolean);
  }

  get emailField() {
    return this.template.querySelector('.emails');
  }

  isComplete() {
    const wrong = this.emails.filter((one) => !EMAIL.test(one));
    const isEmpty = !this.chosen.length && !this.emails.length;
    const said = wrong.length ? filled(badEmail, wrong.join(', ')) : (isEmpty && nobody) || '';
    this.emailField.setCustomValidity(said);
    this.emailField.reportValidity();
    if (said) {
      this.emailField.focus();
    }
    return !said;
  }

  mailTo(link) {
    const body = [this.note, link.url].filter(Boolean).join('\n\n');
    return `mailto:${encodeURIComponent(link.email)}?subject=${encodeURIComponent(this.assetTitle)}&body=${encodeURIComponent(body)}`;
  }
}

function described({ Contact: contact, Role: role }) {
  return `${[contact.Name, role].filter(Boolean).join(', ')} (${contact.Email})`;
}
