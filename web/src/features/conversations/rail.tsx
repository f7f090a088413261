/** The left rail: begin, search, past conversations, and the rest of the house. */
import { useEffect, useRef, type ReactNode } from 'react';
import { ConversationList } from '@/features/conversations/conversation-list';
import { t } from '@/i18n/t';
import { Link } from '@/lib/place';
import { IconButton } from '@/ui/button';
import { Icon, Mark, type IconName } from '@/ui/icons';
import { Keys } from '@/ui/keys';

const ROW = 'flex min-h-9 w-full items-center gap-2.5 rounded-lg px-2.5 text-left text-sm hover:bg-hover coarse:min-h-11';

interface RailProps {
  drawer: boolean;
  onClose: () => void;
  onSearch: () => void;
  /** What a person should know, above the places. */
  notices: ReactNode;
  /** The projects that have conversations in the list. */
  projects: ReactNode;
}

export function Rail({ drawer, onClose, onSearch, notices, projects }: RailProps): ReactNode {
  const rail = useRef<HTMLElement>(null);
  useDrawerKeys(drawer, rail, onClose);
  return (
    <>
      {drawer && <div className="fixed inset-0 z-30 bg-shade md:hidden" onClick={onClose} aria-hidden="true" />}
      <nav
        ref={rail}
        aria-label={t('rail.label')}
        data-testid="rail"
        className={`flex h-full w-68 shrink-0 flex-col border-r border-line bg-rail max-md:fixed max-md:inset-y-0 max-md:left-0 max-md:z-30 max-md:w-[min(19rem,86vw)] max-md:shadow-float max-md:transition-[translate,visibility] ${drawer ? '' : 'max-md:invisible max-md:-translate-x-full'}`}
      >
        <div className="flex h-13 items-center gap-2.5 px-3.5">
          <Mark />
          <span className="flex-1 font-serif text-xl tracking-tight">{t('app.name')}</span>
          <IconButton icon="close" label={t('rail.close')} className="md:hidden" onClick={onClose} />
        </div>
        <div className="grid gap-0.5 px-2 pb-2">
          <Link href="/" onClick={onClose} className={ROW} data-testid="new-chat" activeClass="bg-hover font-medium">
            <Icon name="plus" />
            {t('action.new')}
          </Link>
          <button type="button" className={ROW} onClick={onSearch} data-testid="open-palette">
            <Icon name="search" />
            <span className="flex-1">{t('action.search')}</span>
            <span className="max-md:hidden"><Keys keys="Ctrl+K" /></span>
          </button>
        </div>
        <ConversationList onPick={onClose} above={projects} />
        {notices}
        <div className="grid gap-0.5 border-t border-line p-2">
          <Place to="/assistants" icon="spark" label={t('action.assistants')} />
          <Place to="/projects" icon="folder" label={t('projects.title')} />
          <Place to="/models" icon="model" label={t('action.models')} />
          <Place to="/jobs" icon="clock" label={t('jobs.title')} />
          <Place to="/trash" icon="trash" label={t('action.trash')} />
          <Place to="/settings" icon="settings" label={t('action.settings')} />
        </div>
      </nav>
    </>
  );
}

function Place({ to, icon, label }: { to: string; icon: IconName; label: string }): ReactNode {
  return (
    <Link href={to} className={ROW} activeClass="bg-hover font-medium">
      <Icon name={icon} />
      {label}
    </Link>
  );
}

function useDrawerKeys(drawer: boolean, rail: { current: HTMLElement | null }, onClose: () => void): void {
  useEffect(() => {
    if (!drawer) return;
    const before = document.activeElement;
    rail.current?.querySelector<HTMLElement>('a,button')?.focus();
    const onKey = (event: KeyboardEvent): void => {
      // In a field or an open menu, Esc belongs to that.
      if (event.key !== 'Escape' || (event.target as Element).closest('input,[role=menu]')) return;
      event.preventDefault();
      onClose();
    };
    document.addEventListener('keydown', onKey, true);
    return () => {
      document.removeEventListener('keydown', onKey, true);
      if (before instanceof HTMLElement) before.focus();
    };
  }, [drawer, rail, onClose]);
}
