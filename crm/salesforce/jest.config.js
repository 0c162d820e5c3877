const { jestConfig } = require("@salesforce/sfdx-lwc-jest/config");

module.exports = {
  ...jestConfig,
  // `toBeAccessible` in every test, and texts as a person reads them.
  setupFilesAfterEnv: ["<rootDir>/jest.setup.js"],
  modulePathIgnorePatterns: ["<rootDir>/preview/"],
  moduleNameMapper: {
    ...jestConfig.moduleNameMapper,
    "^lightning/(button|modal)$": "<rootDir>/jest-mocks/lightning/$1/$1",
  },
};
