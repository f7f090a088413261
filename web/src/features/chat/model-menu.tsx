/** The model of the next message: which are there, which are local, and why one was picked. */
import type { ReactNode } from 'react';
import type { Model } from '@/api/types';
import { changeConfig, changeMode, changeWaiting, useMode, useModelChoice, useWaiting, type ModelChoice } from '@/features/chat/choices';
import { t } from '@/i18n/t';
import { go } from '@/lib/place';
import { Icon } from '@/ui/icons';
import { MenuButton, type MenuEntry } from '@/ui/menu-button';

export function ModelMenu({ conversationId, draftKey }: { conversationId: string | null; draftKey: string }): ReactNode {
  const choice = useModelChoice(conversationId);
  const mode = useMode(draftKey);
  const waiting = useWaiting();
  const { current } = choice;
  const raw = mode === 'raw' || current?.raw_only === true;
  const label = current ? shortName(current) : choice.loaded ? t('model.none') : t('model.loading');
  const entries = (): MenuEntry[] => [
    ...modelEntries(choice, (model) => void changeConfig(conversationId, { model })),
    { kind: 'line', id: 'line' },
    {
      kind: 'check',
      id: 'raw',
      label: t('mode.raw'),
      detail: t('mode.rawHint'),
      checked: raw,
      disabled: current?.raw_only === true,
      onPick: () => changeMode(draftKey, raw ? 'chat' : 'raw'),
    },
    {
      kind: 'check',
      id: 'wait',
      label: t('model.wait'),
      detail: t('model.waitHint'),
      checked: waiting,
      onPick: () => changeWaiting(!waiting),
    },
    { kind: 'item', id: 'manage', label: t('model.manage'), onPick: () => go('/models') },
  ];
  return (
    <MenuButton
      entries={entries}
      label={t('model.menu', { model: label })}
      width="w-[min(24rem,94vw)]"
      side="top"
      align="start"
      data-testid="model-menu"
      className="inline-flex min-h-8 max-w-[min(18rem,52vw)] items-center gap-1.5 rounded-lg px-2 text-sm text-muted hover:bg-hover hover:text-ink aria-expanded:bg-hover coarse:min-h-10"
    >
      <Icon name={current && !current.local ? 'cloud' : 'model'} size={16} />
      <span className="truncate">{label}</span>
      {raw && <span className="rounded bg-accent-soft px-1.5 text-xs text-accent-strong">{t('mode.raw.short')}</span>}
      <Icon name="chevron" size={14} />
    </MenuButton>
  );
}

function modelEntries(choice: ModelChoice, pick: (ref: string | null) => void): MenuEntry[] {
  const automatic: MenuEntry = {
    kind: 'radio',
    id: 'automatic',
    label: t('model.automatic'),
    detail: choice.reason ?? t('model.automaticHint'),
    checked: !choice.chosen,
    onPick: () => pick(null),
  };
  return [
    automatic,
    ...choice.models.map((model): MenuEntry => ({
      kind: 'radio',
      id: model.ref,
      label: shortName(model),
      detail: model.detail || model.endpoint,
      badge: { text: model.local ? t('model.local') : t('model.cloud'), calm: model.local },
      checked: choice.chosen && choice.current?.ref === model.ref,
      disabled: !model.available || model.kind !== 'chat',
      onPick: () => pick(model.ref),
    })),
  ];
}

/** The name of a model for people. */
export function shortName(model: Model): string {
  return model.provider === 'builtin' ? t('model.builtin') : model.name;
}
