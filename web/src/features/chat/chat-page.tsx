/** A conversation: its thread, its composer, and its settings beside it. */
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useState, type ReactNode } from 'react';
import { conversationQuery } from '@/api/queries';
import { whenCreated } from '@/features/chat/outbox';
import { ChatHeader } from '@/features/chat/chat-header';
import { Conversation } from '@/features/chat/conversation';
import { inspectorOpen } from '@/features/chat/panels';
import { conversationHref, go, here, useConversationId } from '@/lib/place';
import { useStore } from '@/lib/store';
import { t } from '@/i18n/t';

const Inspector = lazy(() => import('@/features/chat/inspector'));

export function ChatPage({ railButton }: { railButton: ReactNode }): ReactNode {
  const conversationId = useConversationId();
  const open = useStore(inspectorOpen);
  const [seen, setSeen] = useState(open);
  if (open && !seen) setSeen(true);
  useFollowCreation(conversationId);
  useTitle(conversationId);
  return (
    <div className="flex h-full min-w-0 flex-1">
      <main className="relative flex h-full min-w-0 flex-1 flex-col">
        <ChatHeader conversationId={conversationId} railButton={railButton} />
        <Conversation conversationId={conversationId} />
      </main>
      {seen && (
        <Suspense>
          <Inspector conversationId={conversationId} open={open} onClose={() => inspectorOpen.set(false)} />
        </Suspense>
      )}
    </div>
  );
}

/** When the first message of the empty page becomes a conversation, its address follows. */
function useFollowCreation(conversationId: string | null): void {
  useEffect(() => {
    whenCreated((id) => {
      if (conversationId === null && here().path === '/') go(conversationHref(id), { replace: true });
    });
  }, [conversationId]);
}

function useTitle(conversationId: string | null): void {
  const { data } = useQuery({ ...conversationQuery(conversationId ?? ''), enabled: conversationId !== null });
  const title = conversationId === null ? null : (data?.title ?? null);
  useEffect(() => {
    document.title = title ? `${title} · Mecum` : t('app.name');
  }, [title]);
}
