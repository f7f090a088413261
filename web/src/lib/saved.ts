/** Values kept in this browser; a browser that refuses storage loses only the keeping. */

/** The saved JSON value under `key`, or `fallback`. */
export function readSaved<T>(key: string, fallback: T): T {
  try {
    const text = localStorage.getItem(`mecum.${key}`);
    return text === null ? fallback : (JSON.parse(text) as T);
  } catch {
    return fallback;
  }
}

/** Saves `value`, or forgets it when null. */
export function writeSaved(key: string, value: unknown): void {
  try {
    if (value === null || value === undefined) localStorage.removeItem(`mecum.${key}`);
    else localStorage.setItem(`mecum.${key}`, JSON.stringify(value));
  } catch {
    return;
  }
}

/** Forgets everything this page saved whose key starts with `prefix`. */
export function forgetSaved(prefix: string): void {
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(`mecum.${prefix}`)) localStorage.removeItem(key);
    }
  } catch {
    return;
  }
}
