/** Puts the panel on the page; ?language=th&form=Small&state=empty says which language, form factor and state. */
import "./platform/preview.js";
import "@lwc/synthetic-shadow";
import { createElement } from "lwc";
import OverlayContainer from "lightning/overlayContainer";
import ContentPanel from "c/contentPanel";

document.body.append(createElement("lightning-overlay-container", { is: OverlayContainer }));
const panel = createElement("c-content-panel", { is: ContentPanel });
panel.recordId = "006000000000001AAA";
document.querySelector("main").append(panel);
