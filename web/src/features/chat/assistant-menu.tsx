/** The assistant of the next message: chosen beside the model, shown above the conversation. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { choicesQuery, type AssistantItem } from '@/api/assistants';
import { queryClient } from '@/api/queries';
import { changeConfig, useAnswering, type Answering } from '@/features/chat/choices';
import { t } from '@/i18n/t';
import { go, Link } from '@/lib/place';
import { Avatar } from '@/ui/avatar';
import { Icon } from '@/ui/icons';
import { MenuButton, type MenuEntry } from '@/ui/menu-button';

const BUTTON = 'inline-flex min-h-8 max-w-[min(14rem,30vw)] items-center gap-1.5 rounded-lg px-1.5 text-sm text-muted hover:bg-hover hover:text-ink aria-expanded:bg-hover coarse:min-h-10';

export function AssistantMenu({ conversationId }: { conversationId: string | null }): ReactNode {
  const answering = useAnswering(conversationId);
  // As far as it was fetched: that is when the menu is first approached.
  const choices = useQuery({ ...choicesQuery, enabled: false }).data?.items;
  const { assistant, gone } = answering;
  const pick = (reference: string | null): void => void changeConfig(conversationId, { assistant_id: reference });
  const entries = (): MenuEntry[] => [
    { kind: 'radio', id: 'none', label: t('assistant.none'), detail: t('assistant.noneHint'), checked: answering.reference === null, onPick: () => pick(null) },
    ...known(choices, answering).map(({ id, slug, name, avatar, specialty }): MenuEntry => ({
      kind: 'radio',
      id,
      label: avatar && isSign(avatar) ? `${avatar} ${name}` : name,
      detail: specialty ?? '',
      checked: assistant?.id === id,
      onPick: () => pick(conversationId === null ? slug : id),
    })),
    ...(choices ? [] : [{ kind: 'radio' as const, id: 'reading', label: t('assistant.loading'), detail: '', checked: false, disabled: true, onPick: () => undefined }]),
    { kind: 'line', id: 'line' },
    { kind: 'item', id: 'all', label: t('assistant.all'), onPick: () => go('/assistants') },
  ];
  const name = assistant?.name ?? (gone ? t('assistant.goneShort') : null);
  return (
    <MenuButton
      entries={entries}
      onApproach={() => void queryClient.prefetchQuery(choicesQuery)}
      label={name === null ? t('action.chooseAssistant') : t('assistant.menu', { name })}
      width="w-[min(22rem,94vw)]"
      side="top"
      align="start"
      data-testid="assistant-menu"
      className={BUTTON}
    >
      {assistant ? <Avatar avatar={assistant.avatar} name={assistant.name} size="small" /> : <span className={gone ? 'text-warn' : ''}><Icon name="spark" size={17} /></span>}
      {name !== null && <span className="truncate max-sm:hidden">{name}</span>}
      <Icon name="chevron" size={14} />
    </MenuButton>
  );
}

type Choice = Pick<AssistantItem, 'id' | 'slug' | 'name' | 'avatar' | 'specialty'>;

/** Those in use, and the one that answers though it is not. */
function known(choices: readonly AssistantItem[] | undefined, { assistant }: Answering): Choice[] {
  const found: Choice[] = [...(choices ?? [])];
  return assistant && !found.some((one) => one.id === assistant.id) ? [assistant, ...found] : found;
}

const LONGEST_SIGN = 12;

function isSign(avatar: string): boolean {
  return avatar.length <= LONGEST_SIGN && !/[:/]/.test(avatar);
}

/** Who answers, above the conversation. */
export function HeaderAssistant({ conversationId }: { conversationId: string | null }): ReactNode {
  const { assistant, gone } = useAnswering(conversationId);
  if (gone) return <p role="note" title={t('assistant.gone')} className="ml-2 rounded bg-warn-soft px-1.5 py-px text-xs text-warn" data-testid="assistant-gone">{t('assistant.goneShort')}</p>;
  if (!assistant) return null;
  return (
    <Link
      href={`/assistants/${encodeURIComponent(assistant.slug)}`}
      aria-label={t('assistant.page', { name: assistant.name })}
      data-testid="header-assistant"
      className="ml-1 inline-flex min-h-8 max-w-[40vw] min-w-10 items-center gap-2 rounded-lg px-1.5 text-sm font-medium hover:bg-hover"
    >
      <Avatar avatar={assistant.avatar} name={assistant.name} size="small" />
      <span className="truncate">{assistant.name}</span>
    </Link>
  );
}
