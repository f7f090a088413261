/** A conversation that cannot be shown: the server says why, and the way out stands beside it. */
import { useState, type ReactNode } from 'react';
import { ApiError } from '@/api/http';
import * as client from '@/api/client';
import { conversationQuery, messagesKey, queryClient } from '@/api/queries';
import { t } from '@/i18n/t';
import { Link } from '@/lib/place';
import { problem } from '@/lib/toasts';
import { Button } from '@/ui/button';

const LINK = 'inline-flex min-h-6 items-center text-accent underline underline-offset-2';

export default function Missing({ error }: { error: Error }): ReactNode {
  const [busy, setBusy] = useState(false);
  const id = error instanceof ApiError && error.code === 'conversation.in_trash' ? error.details['conversation_id'] : null;
  const restore = async (conversationId: string): Promise<void> => {
    setBusy(true);
    try {
      await client.conversations.restore(conversationId);
      await Promise.all([conversationQuery(conversationId).queryKey, messagesKey(conversationId)].map((queryKey) => queryClient.resetQueries({ queryKey })));
    } catch (failed) {
      problem(failed);
      setBusy(false);
    }
  };
  return (
    <div className="grid justify-items-start gap-3" data-testid="missing">
      <p role="alert" className={id ? '' : 'text-danger'}>{error.message}</p>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        {typeof id === 'string' && <Button icon="undo" disabled={busy} onClick={() => void restore(id)}>{t('trash.restore')}</Button>}
        {typeof id === 'string' && <Link href="/trash" className={LINK}>{t('action.trash')}</Link>}
        <Link href="/" className={LINK}>{t('notFound.home')}</Link>
      </div>
    </div>
  );
}
