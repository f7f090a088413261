/** Changes of one conversation or many: at once on the page, with ten seconds to undo them. */
import type { InfiniteData } from '@tanstack/react-query';
import * as client from '@/api/client';
import { conversationQuery, queryClient } from '@/api/queries';
import type { Batch, BatchRequest, Conversation, ConversationPage } from '@/api/types';
import { tc } from '@/features/conversations/words';
import { t } from '@/i18n/t';
import { selection } from '@/lib/at-hand';
import { conversationHref, conversationOf, go, here } from '@/lib/place';
import { problem, toast } from '@/lib/toasts';

const UNDO_MS = 10_000;

type ListData = InfiniteData<ConversationPage, string | null>;

/** Changes what every list in the cache shows; what the server says comes soon after. */
function changeLists(change: (items: Conversation[]) => Conversation[]): void {
  const lists = queryClient.getQueryCache().findAll({ queryKey: ['conversations'] });
  for (const { queryKey, state } of lists) {
    if (!(state.data as Partial<ListData> | undefined)?.pages || queryKey[1] === 'deleted') continue;
    // An answer on its way would show for a moment what was there before.
    void queryClient.cancelQueries({ queryKey, exact: true });
    queryClient.setQueryData<ListData>(queryKey, (data) => data && { ...data, pages: data.pages.map((page) => ({ ...page, items: change(page.items) })) });
  }
}

function refresh(): Promise<unknown> {
  void queryClient.invalidateQueries({ queryKey: ['conversation'] });
  return queryClient.invalidateQueries({ queryKey: ['conversations'] });
}

/** Returns a conversation of which a list or the page knows, or undefined. */
export function knownConversation(id: string): Conversation | undefined {
  const lists = queryClient.getQueryCache().findAll({ queryKey: ['conversations'] });
  const all = lists.flatMap(({ state }) => (state.data as Partial<ListData> | undefined)?.pages?.flatMap((page) => page.items) ?? []);
  return queryClient.getQueryData(conversationQuery(id).queryKey) ?? all.find((one) => one.id === id);
}

/** Gives a conversation a title. */
export async function rename(item: Conversation, title: string): Promise<void> {
  changeLists((items) => items.map((one) => (one.id === item.id ? { ...one, title } : one)));
  try {
    queryClient.setQueryData(conversationQuery(item.id).queryKey, await client.conversations.change(item.id, { title }));
  } catch (error) {
    problem(error);
  } finally {
    void refresh();
  }
}

const LEAVING = ['delete', 'archive', 'unarchive'];

/** Changes conversations and offers to undo it; raises what the server answers. Returns what became of it. */
export async function applied(request: BatchRequest): Promise<Batch> {
  const { action, ids } = request;
  const open = conversationOf(here().path);
  const left = action === 'delete' && open !== null && ids.includes(open) ? open : null;
  if (LEAVING.includes(action)) changeLists((items) => items.filter((one) => !ids.includes(one.id)));
  if (left !== null) go('/');
  try {
    const done = await client.conversations.batch(request);
    told(done, left);
    selection.set((chosen) => (chosen === null ? null : { ...chosen, ids: done.skipped.map((one) => one.id).filter((id) => chosen.ids.includes(id)) }));
    return done;
  } catch (error) {
    if (left !== null) go(conversationHref(left));
    throw error;
  } finally {
    void refresh();
  }
}

function told(done: Batch, left: string | null): void {
  const { id, changed, skipped } = done;
  const action = done.action as BatchRequest['action'];
  const [first] = changed;
  const title = (first && knownConversation(first)?.title) || t('conversation.untitled');
  const undo = async (): Promise<void> => {
    if (id === null) return;
    await client.conversations.undo(id);
    await refresh();
    if (left !== null) go(conversationHref(left));
    toast(tc('undone'));
  };
  if (changed.length > 0) {
    const text = changed.length === 1 ? tc(`did.${action}.one`, { title }) : tc(`did.${action}`, { n: changed.length });
    toast(text, { ms: UNDO_MS, action: { label: t('undo'), run: () => void undo().catch(problem) } });
  }
  if (skipped[0]) toast(tc('did.not', { n: skipped.length, reason: skipped[0].message }), { tone: 'problem', ms: UNDO_MS });
}
