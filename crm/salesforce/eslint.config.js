const lwc = require("@salesforce/eslint-config-lwc/recommended.js");
const i18n = require("@salesforce/eslint-config-lwc/i18n.js");

const COMPONENTS = ["**/lwc/**/*.js", "jest-mocks/**/*.js"];

module.exports = [
  { ignores: ["**/node_modules/**", "preview/**"] },
  ...[...lwc, ...i18n].map((part) => ({ ...part, files: COMPONENTS })),
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    // Tests use what Jest and Node offer, and wait for one step after the other.
    files: ["**/__tests__/**/*.js"],
    rules: { "no-await-in-loop": "off", "@lwc/lwc/no-async-operation": "off" },
  },
];
