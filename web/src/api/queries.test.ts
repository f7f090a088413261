import { QueryObserver } from '@tanstack/react-query';
import { beforeEach, expect, test } from 'vitest';
import { messagesKey, putMessage, queryClient, readAgain, threadMessages, type ThreadData } from '@/api/queries';
import type { Message } from '@/api/types';

const THREAD = 'cnv_1';

function message(id: string, parent: string | null, text = ''): Message {
  return { id, parent_id: parent, parts: [{ type: 'text', text }], siblings: { index: 1, count: 1, ids: [id] } } as Message;
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

test('a message keeps the versions that are known of it', () => {
  const siblings = { index: 2, count: 2, ids: ['before', 'answer'] };
  putMessage(THREAD, { ...message('answer', 'question'), siblings });
  putMessage(THREAD, message('answer', 'question', 'told by a stream'));
  const [, answer] = threadMessages(queryClient.getQueryData<ThreadData>(messagesKey(THREAD)));
  expect(answer?.siblings).toEqual(siblings);
});

test('an answer of another branch is not put beside the one that is shown', () => {
  putMessage(THREAD, message('other', 'question'));
  expect(shown()).toEqual(['question', 'answer']);
});

test('what is on its way for the first time is read once more, for its answer may be older than the change', async () => {
  const answers: ((said: string) => void)[] = [];
  const queryFn = (): Promise<string> => new Promise((done) => answers.push(done));
  const leave = new QueryObserver<string>(queryClient, { queryKey: ['first', 'one'], queryFn }).subscribe(() => undefined);
  const again = readAgain(['first']);
  expect(answers).toHaveLength(1);
  answers[0]?.('before the change');
  await again;
  expect(answers).toHaveLength(2);
  answers[1]?.('after it');
  await new Promise((done) => setTimeout(done));
  expect(queryClient.getQueryData(['first', 'one'])).toBe('after it');
  leave();
});

test('what is there is read again once', async () => {
  let reads = 0;
  const queryFn = (): Promise<number> => Promise.resolve(++reads);
  const leave = new QueryObserver<number>(queryClient, { queryKey: ['second'], queryFn }).subscribe(() => undefined);
  await new Promise((done) => setTimeout(done));
  await readAgain(['second']);
  expect(reads).toBe(2);
  leave();
});
