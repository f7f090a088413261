/** An assistant among others: as a card, or as a line. */
import type { ReactNode } from 'react';
import type { AssistantCard } from '@/api/assistants';
import { assistantHref, chatHref } from '@/features/assistants/doing';
import { LifeMenu } from '@/features/assistants/life';
import { statusWord, ta } from '@/features/assistants/words';
import { Link } from '@/lib/place';
import { shortTime } from '@/lib/time';
import { Avatar } from '@/ui/avatar';
import { Badge } from '@/ui/badge';
import { Icon } from '@/ui/icons';

/** What badges are made of; every view has it somewhere. */
export interface Marks {
  status: AssistantCard['status'];
  is_demo: boolean;
  is_featured: boolean | null;
  featured_rank: number | null;
  is_guide: boolean | null;
  is_primary: boolean | null;
  is_ephemeral: boolean | null;
  expires_at: string | null;
}

export function Badges({ of }: { of: Marks }): ReactNode {
  return (
    <>
      {of.status !== 'active' && <Badge tone={of.status === 'draft' ? 'warn' : 'plain'}>{statusWord(of.status)}</Badge>}
      {of.is_primary && <Badge tone="good">{ta('badge.primary')}</Badge>}
      {of.is_featured && <Badge tone="good">{of.featured_rank === null ? ta('badge.featured') : ta('badge.rank', { n: of.featured_rank })}</Badge>}
      {of.is_guide && <Badge>{ta('badge.guide')}</Badge>}
      {of.is_demo && <Badge>{ta('badge.demo')}</Badge>}
      {of.is_ephemeral && <Badge tone="warn">{of.expires_at ? ta('badge.ephemeral', { time: shortTime(of.expires_at) }) : ta('badge.goes')}</Badge>}
    </>
  );
}

const CHAT = 'inline-flex min-h-9 items-center gap-2 rounded-lg px-3 text-sm font-medium text-accent hover:bg-accent-soft coarse:min-h-10';

export function ChatLink({ slug, name }: { slug: string; name: string }): ReactNode {
  return (
    <Link href={chatHref(slug)} aria-label={ta('chat.with', { name })} className={CHAT} data-testid="chat-with">
      <Icon name="send" size={16} />
      {ta('chat')}
    </Link>
  );
}

export function Card({ assistant: one }: { assistant: AssistantCard }): ReactNode {
  return (
    <li data-testid="assistant" data-slug={one.slug} className="relative grid grid-rows-[1fr_auto] rounded-2xl border border-line bg-surface transition-shadow focus-within:shadow-raised hover:shadow-raised">
      <div className="grid content-start gap-3 p-4 pb-2">
        <div className="flex items-start gap-3">
          <Avatar avatar={one.avatar} name={one.name} />
          <div className="min-w-0 flex-1">
            <h2 className="font-serif text-lg leading-snug [overflow-wrap:anywhere]">
              <Link href={assistantHref(one.slug)} className="inline-flex min-h-6 items-center after:absolute after:inset-0 after:rounded-2xl hover:text-accent">{one.name}</Link>
            </h2>
            {one.specialty && <p className="line-clamp-2 text-sm text-muted">{one.specialty}</p>}
          </div>
        </div>
        {one.description && <p className="line-clamp-3 text-sm">{one.description}</p>}
        <p className="flex flex-wrap gap-1.5 empty:hidden"><Badges of={one} /></p>
      </div>
      {/* Above the link that covers the card. */}
      <div className="relative flex items-center gap-1 border-t border-line py-1.5 pr-2.5 pl-1.5">
        <ChatLink slug={one.slug} name={one.name} />
        <span className="min-w-0 flex-1 truncate text-right text-[0.8125rem] text-muted">{one.preferred_model ?? ''}</span>
        <LifeMenu assistant={one} />
      </div>
    </li>
  );
}

export function Line({ assistant: one }: { assistant: AssistantCard }): ReactNode {
  return (
    <li data-testid="assistant" data-slug={one.slug} className="flex items-center gap-3 px-3 py-2">
      <Avatar avatar={one.avatar} name={one.name} size="small" />
      <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3 gap-y-1">
        <Link href={assistantHref(one.slug)} className="inline-flex min-h-8 items-center font-medium [overflow-wrap:anywhere] hover:text-accent">{one.name}</Link>
        <span className="flex flex-wrap gap-1.5 empty:hidden"><Badges of={one} /></span>
        <span className="min-w-32 flex-1 truncate text-sm text-muted max-sm:hidden">{one.specialty}</span>
      </div>
      <span className="flex shrink-0 items-center gap-1">
        <ChatLink slug={one.slug} name={one.name} />
        <LifeMenu assistant={one} />
      </span>
    </li>
  );
}
