/** Changes of a conversation's settings on their way to the server: a message sent after one is answered by it. */

const writes = new Map<string, Promise<unknown>>();

/** Makes a change after those before it, and counts it until it is over, however it ends; `last` is told what came of the last one. */
export async function underWay<T>(conversationId: string, write: () => Promise<T>, last: (after: T) => void): Promise<void> {
  const mine = (writes.get(conversationId) ?? Promise.resolve()).then(write);
  const over = mine.then(
    (after) => {
      if (writes.get(conversationId) === over) last(after);
    },
    () => undefined,
  );
  writes.set(conversationId, over);
  void over.then(() => {
    if (writes.get(conversationId) === over) writes.delete(conversationId);
  });
  await mine;
}

/** Resolves when no change of this conversation is under way. */
export async function written(conversationId: string): Promise<void> {
  await writes.get(conversationId);
}
