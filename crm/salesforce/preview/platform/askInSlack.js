export default () => Promise.resolve();
