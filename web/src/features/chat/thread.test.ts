import { describe, expect, it } from 'vitest';
import type { Message } from '@/api/types';
import type { LiveEntry } from '@/features/chat/live';
import { rowsOf } from '@/features/chat/thread';

function message(id: string, parent: string | null, role: 'user' | 'assistant'): Message {
  return {
    id, conversation_id: 'c', parent_id: parent, role, parts: [{ type: 'text', text: id }], mode: 'chat', state: 'complete',
    model: null, model_reason: null, run_id: null, token_count: null, processing_time_ms: null, cost: null, confidence: null,
    confidence_method: null, metadata: {}, feedback: null, error: null, siblings: { index: 1, count: 1, ids: [id] }, created_at: '',
  };
}

function live(runId: string, answer: string, asked: string, createdAt: string): LiveEntry {
  return { runId, conversationId: 'c', messageId: answer, userMessageId: asked, parentId: asked, createdAt };
}

const keyOf = (id: string): string => id;
const shape = (rows: ReturnType<typeof rowsOf>): string[] => rows.map((row) => `${row.kind}:${row.key}`);

describe('rowsOf', () => {
  it('puts an answer that is being written under its question', () => {
    const rows = rowsOf({ messages: [message('u1', null, 'user')], live: [live('r1', 'a1', 'u1', '1')], outgoing: [], keyOf });
    expect(shape(rows)).toEqual(['message:u1', 'answer:a1']);
  });

  it('marks a stored answer that is still being written instead of showing it twice', () => {
    const messages = [message('u1', null, 'user'), message('a1', 'u1', 'assistant')];
    const rows = rowsOf({ messages, live: [live('r1', 'a1', 'u1', '1')], outgoing: [], keyOf });
    expect(shape(rows)).toEqual(['message:u1', 'message:a1']);
    expect(rows[1]).toMatchObject({ runId: 'r1' });
  });

  it('shows queued messages below, in their order', () => {
    const messages = [message('u1', null, 'user')];
    const runs = [live('r2', 'a2', 'u2', '2'), live('r1', 'a1', 'u1', '1')];
    expect(shape(rowsOf({ messages, live: runs, outgoing: [], keyOf }))).toEqual(['message:u1', 'answer:a1', 'queued:u2', 'answer:a2']);
  });

  it('hides an answer whose branch is not the one shown', () => {
    const messages = [message('u1', null, 'user'), message('a1', 'u1', 'assistant')];
    const rows = rowsOf({ messages, live: [live('r2', 'a2', 'u1', '2')], outgoing: [], keyOf });
    expect(shape(rows)).toEqual(['message:u1', 'message:a1']);
  });
});
