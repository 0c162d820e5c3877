/** refreshApex: what is played does not change. */
export const refreshApex = () => Promise.resolve();
