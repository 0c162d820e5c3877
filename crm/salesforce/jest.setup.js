const { setup } = require("@sa11y/jest");
const labels = require("./labels");

setup();
speak("en", "en-US");

/** Has all components that are loaded from now on speak a language: its file, and its tag as the platform says it. */
global.speak = speak;

function speak(language, tag) {
  for (const [name, text] of Object.entries(labels(language))) {
    jest.doMock(`@salesforce/label/c.${name}`, () => ({ default: text }), { virtual: true });
  }
  jest.doMock("@salesforce/i18n/lang", () => ({ default: tag }), { virtual: true });
}
