/** The model of the next message: which are there, whether they fit, how fast they are, what they cost, and why one was picked. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { figuresQuery, roleQuery } from '@/api/models';
import { queryClient } from '@/api/queries';
import type { Figure, Model, RoleExplanation } from '@/api/types';
import { changeConfig, changeMode, changeWaiting, useMode, useModelChoice, useWaiting, type ModelChoice } from '@/features/chat/choices';
import { t } from '@/i18n/t';
import { costOf, fitOf, fitWords, speedOf } from '@/lib/figures';
import { go } from '@/lib/place';
import { halfSentence } from '@/lib/sentence';
import { Icon } from '@/ui/icons';
import { MenuButton, type MenuEntry } from '@/ui/menu-button';

export function ModelMenu({ conversationId, draftKey }: { conversationId: string | null; draftKey: string }): ReactNode {
  const choice = useModelChoice(conversationId);
  const mode = useMode(draftKey);
  const waiting = useWaiting();
  const known = useKnown();
  const { current } = choice;
  const raw = mode === 'raw' || current?.raw_only === true;
  const label = current ? shortName(current) : choice.loaded ? (choice.named ?? t('model.none')) : t('model.loading');
  const entries = (): MenuEntry[] => [
    ...modelEntries(choice, known, (model) => void changeConfig(conversationId, { model })),
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
      onApproach={fetchKnown}
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

/** What is known of the models beside the list of them. */
interface Known {
  figures: readonly Figure[] | undefined;
  considered: RoleExplanation['considered'] | undefined;
}

/** As far as it was fetched: that is when the menu is first approached. */
function useKnown(): Known {
  const figures = useQuery({ ...figuresQuery, enabled: false }).data?.items;
  const considered = useQuery({ ...roleQuery('chat'), enabled: false }).data?.considered;
  return { figures, considered };
}

function fetchKnown(): void {
  void queryClient.prefetchQuery(figuresQuery);
  void queryClient.prefetchQuery(roleQuery('chat'));
}

function modelEntries(choice: ModelChoice, known: Known, pick: (ref: string | null) => void): MenuEntry[] {
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
      detail: detailOf(model, known),
      badge: { text: model.local ? t('model.local') : t('model.cloud'), calm: model.local },
      checked: choice.chosen && choice.current?.ref === model.ref,
      disabled: !model.available || model.kind !== 'chat',
      onPick: () => pick(model.ref),
    })),
  ];
}

function detailOf(model: Model, { figures, considered }: Known): string {
  if (model.kind !== 'chat') return t(`kind.${model.kind}`);
  const figure = figures?.find((one) => one.ref === model.ref);
  const fit = fitOf(model, considered);
  const facts = [
    fitWords(model, fit),
    fit.fits === false && fit.reason !== null ? halfSentence(fit.reason) : null,
    speedOf(figure),
    model.local ? null : costOf(model, figure),
    model.detail || model.endpoint,
  ];
  return facts.filter((fact) => fact !== null).join(' · ');
}

/** The name of a model for people. */
export function shortName(model: Model): string {
  return model.provider === 'builtin' ? t('model.builtin') : model.name;
}
