/** Test set-up: React's act environment. */
Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
