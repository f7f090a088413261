/** Assistants to begin a conversation with. Who has none, as far as this browser knows, is only told that there are such. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { choicesQuery, KNOWN } from '@/api/assistants';
import { changeConfig } from '@/features/chat/choices';
import { t } from '@/i18n/t';
import { Link } from '@/lib/place';
import { readSaved } from '@/lib/saved';
import { Avatar } from '@/ui/avatar';
import { Icon } from '@/ui/icons';

const MOST = 6;

export function ChatWith(): ReactNode {
  const [known] = useState(() => readSaved(KNOWN, false));
  const { data } = useQuery({ ...choicesQuery, enabled: known });
  if (known && !data) return null;
  const some = data?.items.slice(0, MOST) ?? [];
  if (some.length === 0) {
    return (
      <Link href="/assistants" data-testid="to-assistants" className="flex items-start gap-2.5 rounded-xl p-2.5 -m-2.5 hover:bg-hover">
        <span className="mt-0.5 text-accent"><Icon name="spark" /></span>
        <span className="min-w-0">
          <span className="block text-sm font-medium">{t('empty.noAssistants')}</span>
          <span className="block text-[0.8125rem] text-muted">{t('empty.noAssistantsHint')}</span>
        </span>
      </Link>
    );
  }
  return (
    <section aria-labelledby="chat-with" className="grid gap-2.5" data-testid="chat-with-list">
      <h2 id="chat-with" className="text-sm font-semibold">{t('empty.assistants')}</h2>
      <div className="flex flex-wrap gap-2">
        {some.map((one) => (
          <button
            key={one.id}
            type="button"
            title={one.specialty ?? undefined}
            onClick={() => {
              void changeConfig(null, { assistant_id: one.slug });
              document.getElementById('composer')?.focus();
            }}
            className="inline-flex min-h-10 max-w-full items-center gap-2 rounded-full border border-line bg-surface py-1 pr-4 pl-1.5 text-sm transition-colors hover:border-accent hover:bg-accent-soft"
          >
            <Avatar avatar={one.avatar} name={one.name} size="small" />
            <span className="truncate">{one.name}</span>
          </button>
        ))}
        <Link href="/assistants" className="inline-flex min-h-10 items-center rounded-full px-3 text-sm text-accent underline-offset-2 hover:underline">{t('empty.allAssistants')}</Link>
      </div>
    </section>
  );
}
