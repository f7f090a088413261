/** Filters to pick: each stands in the text as if it had been typed. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { call } from '@/api/http';
import { tagsQuery } from '@/api/queries';
import type { AssistantPage } from '@/api/types';
import { filter, has, pieces, toggled } from '@/features/search/filters';
import { ts } from '@/features/search/words';
import { Icon } from '@/ui/icons';
import { MenuButton, type MenuEntry } from '@/ui/menu-button';

const CHIP =
  'inline-flex min-h-8 items-center gap-1.5 rounded-full border border-line px-3 text-[0.8125rem] text-muted hover:bg-hover hover:text-ink aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:text-accent-strong data-[on=true]:border-accent data-[on=true]:bg-accent-soft data-[on=true]:text-accent-strong coarse:min-h-10';
const WEEK_MS = 7 * 86_400_000;

export function FilterChips({ text, onText }: { text: string; onText: (text: string) => void }): ReactNode {
  const tags = useQuery(tagsQuery).data?.items ?? [];
  const assistants = useQuery({ queryKey: ['assistants', 'names'], queryFn: () => call<AssistantPage>('/assistants', { query: { limit: 100 } }) }).data?.items ?? [];
  const week = new Date(Date.now() - WEEK_MS).toLocaleDateString('sv');
  const year = new Date().getFullYear();
  const offered = [
    [ts('search.week'), `after:${week}`],
    [ts('search.year'), `on:${year}`],
    [ts('search.lastYear'), `on:${year - 1}`],
    [ts('search.me'), 'from:me'],
    [ts('search.assistant'), 'from:assistant'],
    [ts('search.archived'), 'is:archived'],
  ] as const;
  const pick = (wanted: string): void => {
    onText(toggled(text, wanted));
    document.querySelector<HTMLElement>('[data-testid=search-input]')?.focus();
  };
  return (
    <div role="group" aria-label={ts('search.filters')} className="flex flex-wrap gap-1.5" data-testid="filters">
      <Menu name="tag" label={ts('search.tag')} none={ts('search.noTags')} values={tags.map((tag) => [tag.name, tag.name])} text={text} onPick={pick} />
      <Menu name="assistant" label={ts('search.persona')} none={ts('search.noAssistants')} values={assistants.map((one) => [one.slug, one.name])} text={text} onPick={pick} />
      {offered.map(([label, wanted]) => (
        <button key={wanted} type="button" aria-pressed={has(text, wanted)} title={wanted} className={CHIP} onClick={() => pick(wanted)}>{label}</button>
      ))}
    </div>
  );
}

interface MenuProps {
  name: string;
  label: string;
  none: string;
  values: [value: string, label: string][];
  text: string;
  onPick: (wanted: string) => void;
}

function Menu({ name, label, none, values, text, onPick }: MenuProps): ReactNode {
  const on = pieces(text).some((piece) => piece.toLowerCase().startsWith(`${name}:`));
  const entries = (): MenuEntry[] => {
    if (values.length === 0) return [{ kind: 'check', id: 'none', label: none, detail: '', checked: false, disabled: true, onPick: () => undefined }];
    return values.map(([value, shown]) => {
      const wanted = filter(name, value);
      return { kind: 'radio', id: value, label: shown, detail: wanted, checked: has(text, wanted), onPick: () => onPick(wanted) };
    });
  };
  return (
    <MenuButton label={label} width="w-60" align="start" className={CHIP} data-on={String(on)} entries={entries}>
      {label}
      <Icon name="chevron" size={14} />
    </MenuButton>
  );
}
