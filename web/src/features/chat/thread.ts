/** Which rows a thread shows: stored messages, answers being written, messages on their way. */
import type { Message } from '@/api/types';
import type { LiveEntry } from '@/features/chat/live';
import type { Outgoing } from '@/features/chat/outbox';

export type Row =
  | { kind: 'message'; key: string; message: Message; runId: string | null }
  | { kind: 'queued'; key: string; messageId: string; runId: string }
  | { kind: 'answer'; key: string; message: null; runId: string }
  | { kind: 'outgoing'; key: string; outgoing: Outgoing };

export interface ThreadParts {
  messages: readonly Message[];
  live: readonly LiveEntry[];
  outgoing: readonly Outgoing[];
  /** The element key of a message, so that a bubble survives becoming a message. */
  keyOf: (messageId: string) => string;
}

/** The rows of a thread, oldest first. */
export function rowsOf(parts: ThreadParts): Row[] {
  const rows: Row[] = parts.messages.map((message) => ({
    kind: 'message',
    key: parts.keyOf(message.id),
    message,
    runId: null,
  }));
  const byAge = parts.live.toSorted((a, b) => a.createdAt.localeCompare(b.createdAt));
  for (const entry of byAge) place(rows, entry, parts.keyOf);
  for (const outgoing of parts.outgoing) rows.push({ kind: 'outgoing', key: outgoing.key, outgoing });
  return rows;
}

function idOf(row: Row): string | null {
  if (row.kind === 'message') return row.message.id;
  return row.kind === 'queued' ? row.messageId : null;
}

function place(rows: Row[], entry: LiveEntry, keyOf: ThreadParts['keyOf']): void {
  const known = rows.find((row) => row.kind === 'message' && row.message.id === entry.messageId);
  if (known?.kind === 'message') {
    known.runId = entry.runId;
    return;
  }
  const above = entry.userMessageId ?? entry.parentId;
  let at = rows.findIndex((row) => idOf(row) === above);
  if (at < 0 && entry.userMessageId) {
    rows.push({ kind: 'queued', key: keyOf(entry.userMessageId), messageId: entry.userMessageId, runId: entry.runId });
    at = rows.length - 1;
  }
  if (at >= 0 && anotherBranch(rows, at, above)) return;
  const answer: Row = { kind: 'answer', key: entry.messageId, message: null, runId: entry.runId };
  if (at < 0) rows.push(answer);
  else rows.splice(at + 1, 0, answer);
}

/** True where the page shows another answer at this place: the person switched branches. */
function anotherBranch(rows: readonly Row[], at: number, parent: string | null): boolean {
  const below = rows[at + 1];
  return below?.kind === 'message' && below.message.parent_id === parent && below.message.role !== 'user';
}
