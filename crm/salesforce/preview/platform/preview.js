/** What is played: read from the address before any component is loaded. */
import texts from "preview/texts";

const asked = new URLSearchParams(window.location.search);
const language = asked.get("language") ?? "en";
window.preview = {
  state: asked.get("state") ?? "full",
  formFactor: asked.get("form") ?? "Large",
  tag: language === "en" ? "en-US" : language.replace("_", "-"),
  texts: { ...texts.en, ...texts[language] },
};
document.documentElement.lang = window.preview.tag;
document.body.dataset.form = window.preview.formFactor;
