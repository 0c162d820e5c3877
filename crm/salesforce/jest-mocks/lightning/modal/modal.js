/** Stands for the platform's LightningModal, which sfdx-lwc-jest has no stub of. */
import { LightningElement, api } from "lwc";

export default class Modal extends LightningElement {
  /** Tests say what a person does in the modal by giving this another implementation. */
  static open = jest.fn();

  @api label;
  @api size;
  @api disableClose = false;
  @api close(result) {
    this.dispatchEvent(new CustomEvent("close", { detail: result }));
  }
}
