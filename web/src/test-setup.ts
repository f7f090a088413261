/** Test set-up: React's act environment and the browser parts jsdom lacks. */
Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

class NoObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
globalThis.ResizeObserver ??= NoObserver as unknown as typeof ResizeObserver;
Element.prototype.scrollIntoView ??= () => {};
