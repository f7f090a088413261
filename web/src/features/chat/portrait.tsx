/** Who will answer, before anything is said: a face, a specialty, and what it says first. */
import type { ReactNode } from 'react';
import { useAnswering } from '@/features/chat/choices';
import { t } from '@/i18n/t';
import { Avatar } from '@/ui/avatar';

export function Portrait({ titleClass }: { titleClass: string }): ReactNode {
  const { assistant, gone } = useAnswering(null);
  if (!assistant) return <h1 className={titleClass}>{gone ? t('assistant.goneShort') : t('empty.title')}</h1>;
  return (
    <div className="grid gap-4" data-testid="chat-portrait">
      <div className="flex items-center gap-4">
        <Avatar avatar={assistant.avatar} name={assistant.name} size="large" />
        <div className="min-w-0">
          <h1 className={`${titleClass} [overflow-wrap:anywhere]`}>{assistant.name}</h1>
          {assistant.specialty && <p className="text-muted [overflow-wrap:anywhere]">{assistant.specialty}</p>}
        </div>
      </div>
      {assistant.intro && <p className="w-fit max-w-[min(38rem,100%)] rounded-2xl rounded-bl-md bg-bubble px-4 py-2.5 whitespace-pre-wrap [overflow-wrap:anywhere]" data-testid="intro">{assistant.intro}</p>}
    </div>
  );
}
