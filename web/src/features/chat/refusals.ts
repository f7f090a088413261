/** What could not be asked again because nothing may be sent there: kept beside its answer, with the way out. */
import { createStore } from '@/lib/store';

export interface Refusal {
  /** The server's own sentence. */
  reason: string;
  /** The server beyond this machine that may not be asked. */
  endpoint: string;
  /** Asks for the same again. */
  retry: () => void;
}

/** By the id of the answer that was to be given again or gone on with. */
export const refusals = createStore<Readonly<Record<string, Refusal>>>({});

/** Keeps a refusal, or forgets it (null). */
export function setRefusal(messageId: string, refusal: Refusal | null): void {
  const { [messageId]: before, ...others } = refusals.get();
  if (refusal) refusals.set({ ...others, [messageId]: refusal });
  else if (before) refusals.set(others);
}
