/** Above the list: what it shows (everything, the archive, a tag), and the way to choose several. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { tagsQuery } from '@/api/queries';
import { tc } from '@/features/conversations/words';
import { t } from '@/i18n/t';
import { selection, shown, type Shown } from '@/lib/at-hand';
import { useStore } from '@/lib/store';
import { IconButton } from '@/ui/button';
import { MenuButton } from '@/ui/menu-button';

const MOST = 3;
const CHIP =
  'inline-flex min-h-7 max-w-32 items-center gap-1 rounded-full border px-2.5 text-xs coarse:min-h-9 aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:text-accent-strong border-line text-muted hover:bg-hover hover:text-ink';

export default function ListHead({ count }: { count: number }): ReactNode {
  const { data } = useQuery(tagsQuery);
  const now = useStore(shown);
  const choosing = useStore(selection) !== null;
  const tags = (data?.items ?? []).toSorted((a, b) => b.conversations - a.conversations || a.name.localeCompare(b.name));
  // The tag that is shown stands among the first, however rare it is.
  const first = tags.slice(0, MOST);
  const current = tags.find((tag) => tag.name === now.tag);
  if (current && !first.includes(current)) first.splice(MOST - 1, 1, current);
  const rest = tags.filter((tag) => !first.includes(tag));
  const show = (next: Shown): void => {
    selection.set(null);
    shown.set(next);
  };
  return (
    <div className="flex items-start gap-1 px-3 pb-1">
      <div role="group" aria-label={tc('shown.label')} className="flex min-w-0 flex-1 flex-wrap gap-1" data-testid="shown">
        <Chip pressed={now.place === undefined && now.tag === undefined} onClick={() => show({})}>{tc('shown.all')}</Chip>
        <Chip pressed={now.place === 'archived'} onClick={() => show(now.place === 'archived' ? {} : { place: 'archived' })}>{tc('shown.archived')}</Chip>
        {first.map((tag) => (
          <Chip key={tag.name} pressed={now.tag === tag.name} onClick={() => show(now.tag === tag.name ? {} : { tag: tag.name })}>
            <span className="truncate">{tag.name}</span> <span className="opacity-75">{tag.conversations}</span>
          </Chip>
        ))}
        {rest.length > 0 && (
          <MenuButton
            label={tc('shown.more', { n: rest.length })}
            width="w-56"
            align="start"
            className={CHIP}
            entries={() => rest.map((tag) => ({ kind: 'item', id: tag.name, label: `${tag.name} (${tag.conversations})`, onPick: () => show({ tag: tag.name }) }))}
          >
            {tc('shown.more', { n: rest.length })}
          </MenuButton>
        )}
      </div>
      <IconButton
        icon="select"
        label={t('select.begin')}
        aria-pressed={choosing}
        disabled={count === 0 && !choosing}
        data-testid="select"
        className="-mr-1 -mt-0.5 aria-pressed:bg-hover aria-pressed:text-ink"
        onClick={() => selection.set(choosing ? null : { ids: [], anchor: null })}
      />
    </div>
  );
}

function Chip({ pressed, onClick, children }: { pressed: boolean; onClick: () => void; children: ReactNode }): ReactNode {
  return <button type="button" aria-pressed={pressed} className={CHIP} onClick={onClick}>{children}</button>;
}
