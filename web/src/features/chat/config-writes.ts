/** Changes of a conversation's settings on their way to the server: a message sent after one is answered by it. */

const writes = new Map<string, Promise<unknown>>();

/** Counts a change until it is over, however it ends. */
export function underWay<T>(conversationId: string, write: Promise<T>): Promise<T> {
  const all = Promise.allSettled([writes.get(conversationId), write]);
  writes.set(conversationId, all);
  void all.then(() => {
    if (writes.get(conversationId) === all) writes.delete(conversationId);
  });
  return write;
}

/** Resolves when no change of this conversation is under way. */
export async function written(conversationId: string): Promise<void> {
  await writes.get(conversationId);
}
