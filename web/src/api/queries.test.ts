import { beforeEach, expect, test } from 'vitest';
import { messagesKey, putMessage, queryClient, threadMessages, type ThreadData } from '@/api/queries';
import type { Message } from '@/api/types';

const THREAD = 'cnv_1';

function message(id: string, parent: string | null, text = ''): Message {
  return { id, parent_id: parent, parts: [{ type: 'text', text }] } as Message;
}

function shown(): string[] {
  return threadMessages(queryClient.getQueryData<ThreadData>(messagesKey(THREAD))).map((one) => one.id);
}

beforeEach(() => {
  const items = [message('question', null), message('answer', 'question')];
  queryClient.setQueryData<ThreadData>(messagesKey(THREAD), { pages: [{ items, next_cursor: null, runs: [] }], pageParams: [null] });
});

test('a new message stands at the end', () => {
  putMessage(THREAD, message('next', 'answer'));
  expect(shown()).toEqual(['question', 'answer', 'next']);
});

test('a known message is replaced where it stands', () => {
  putMessage(THREAD, message('question', null, 'changed'));
  expect(shown()).toEqual(['question', 'answer']);
});

test('an answer of another branch is not put beside the one that is shown', () => {
  putMessage(THREAD, message('other', 'question'));
  expect(shown()).toEqual(['question', 'answer']);
});
