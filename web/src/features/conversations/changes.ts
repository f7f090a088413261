/** Renaming and deleting: at once on the page, with ten seconds to undo a delete. */
import type { InfiniteData } from '@tanstack/react-query';
import * as client from '@/api/client';
import { conversationListQuery, conversationQuery, queryClient } from '@/api/queries';
import type { Conversation, ConversationPage } from '@/api/types';
import { t } from '@/i18n/t';
import { conversationHref, conversationOf, go, here } from '@/lib/place';
import { problem, toast } from '@/lib/toasts';

const UNDO_MS = 10_000;

type ListData = InfiniteData<ConversationPage, string | null>;

function changeList(change: (items: Conversation[]) => Conversation[]): void {
  queryClient.setQueryData<ListData>(conversationListQuery().queryKey, (data) =>
    data ? { ...data, pages: data.pages.map((page) => ({ ...page, items: change(page.items) })) } : data,
  );
}

function refreshLists(): void {
  void queryClient.invalidateQueries({ queryKey: ['conversations'] });
}

export interface ConversationChanges {
  rename: (item: Conversation, title: string) => Promise<void>;
  trash: (item: Conversation) => Promise<void>;
}

export function useConversationChanges(): ConversationChanges {
  const rename = async (item: Conversation, title: string): Promise<void> => {
    changeList((items) => items.map((one) => (one.id === item.id ? { ...one, title } : one)));
    try {
      queryClient.setQueryData(conversationQuery(item.id).queryKey, await client.conversations.change(item.id, { title }));
    } catch (error) {
      problem(error);
      refreshLists();
    }
  };
  const trash = async (item: Conversation): Promise<void> => {
    const wasOpen = conversationOf(here().path) === item.id;
    changeList((items) => items.filter((one) => one.id !== item.id));
    if (wasOpen) go('/');
    const deleted = client.conversations.trash(item.id);
    const undo = async (): Promise<void> => {
      await deleted;
      await client.conversations.restore(item.id);
      refreshLists();
      if (wasOpen) go(conversationHref(item.id));
    };
    const title = item.title ?? t('conversation.untitled');
    const close = toast(t('trash.moved', { title }), { ms: UNDO_MS, action: { label: t('undo'), run: () => void undo().catch(problem) } });
    try {
      await deleted;
    } catch (error) {
      close();
      problem(error);
      refreshLists();
    }
  };
  return { rename, trash };
}
