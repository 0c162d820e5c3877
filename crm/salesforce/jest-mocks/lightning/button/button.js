/** A lightning-button with a button in it, as the real one has: named, disabled and pressed like that. */
import { LightningElement, api } from "lwc";

export default class Button extends LightningElement {
  @api ariaLabel = null;
  @api disabled = false;
  @api iconName;
  @api label;
  @api stretch;
  @api variant;
  @api focus() {
    this.template.querySelector("button").focus();
  }
}
