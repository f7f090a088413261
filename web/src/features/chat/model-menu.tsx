/** The model of the next message: which are there, which are local, and why one was picked. */
import { Menu } from '@base-ui/react/menu';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Model } from '@/api/types';
import { changeConfig, changeMode, useMode, useModelChoice } from '@/features/chat/choices';
import { t } from '@/i18n/t';
import { Icon } from '@/ui/icons';
import { MENU_ITEM, MENU_POPUP } from '@/ui/menu';

const AUTOMATIC = '';

export function ModelMenu({ conversationId, draftKey }: { conversationId: string | null; draftKey: string }): ReactNode {
  const choice = useModelChoice(conversationId);
  const mode = useMode(draftKey);
  const { current } = choice;
  const raw = mode === 'raw' || current?.raw_only === true;
  const label = current ? shortName(current) : choice.loaded ? t('model.none') : t('model.loading');
  return (
    <Menu.Root>
      <Menu.Trigger
        data-testid="model-menu"
        aria-label={t('model.menu', { model: label })}
        className="inline-flex min-h-8 max-w-[min(18rem,52vw)] items-center gap-1.5 rounded-lg px-2 text-sm text-muted hover:bg-hover hover:text-ink data-[popup-open]:bg-hover coarse:min-h-10"
      >
        <Icon name={current && !current.local ? 'cloud' : 'model'} size={16} />
        <span className="truncate">{label}</span>
        {raw && <span className="rounded bg-accent-soft px-1.5 text-xs text-accent-strong">{t('mode.raw.short')}</span>}
        <Icon name="chevron" size={14} />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner side="top" align="start" sideOffset={8} className="z-40">
          <Menu.Popup className={`${MENU_POPUP} w-[min(24rem,94vw)]`}>
            <Menu.RadioGroup value={choice.chosen ? (current?.ref ?? AUTOMATIC) : AUTOMATIC} onValueChange={(ref: string) => void changeConfig(conversationId, { model: ref === AUTOMATIC ? null : ref })}>
              <Menu.RadioItem value={AUTOMATIC} closeOnClick className={MENU_ITEM}>
                <Choice title={t('model.automatic')} detail={choice.reason ?? t('model.automaticHint')} />
              </Menu.RadioItem>
              {choice.models.map((model) => (
                <Menu.RadioItem key={model.ref} value={model.ref} closeOnClick disabled={!model.available} className={MENU_ITEM}>
                  <Choice title={shortName(model)} detail={model.detail || model.endpoint} model={model} />
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
            <Menu.Separator className="my-1 border-t border-line" />
            <Menu.CheckboxItem
              checked={raw}
              disabled={current?.raw_only === true}
              onCheckedChange={(on) => changeMode(draftKey, on ? 'raw' : 'chat')}
              className={MENU_ITEM}
            >
              <span className="min-w-0 flex-1">
                <span className="block">{t('mode.raw')}</span>
                <span className="block text-[0.8125rem] text-muted">{t('mode.rawHint')}</span>
              </span>
              <Menu.CheckboxItemIndicator><Icon name="check" size={16} /></Menu.CheckboxItemIndicator>
            </Menu.CheckboxItem>
            <Menu.Item className={MENU_ITEM} render={<Link to="/models" />}>{t('model.manage')}</Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

/** The name of a model for people. */
export function shortName(model: Model): string {
  return model.provider === 'builtin' ? t('model.builtin') : model.name;
}

function Choice({ title, detail, model }: { title: string; detail: string; model?: Model }): ReactNode {
  return (
    <>
      <span className="min-w-0 flex-1">
        <span className="flex items-center gap-2">
          <span className="truncate">{title}</span>
          {model && <Where model={model} />}
        </span>
        <span className="line-clamp-2 text-[0.8125rem] text-muted">{detail}</span>
      </span>
      <Menu.RadioItemIndicator><Icon name="check" size={16} /></Menu.RadioItemIndicator>
    </>
  );
}

function Where({ model }: { model: Model }): ReactNode {
  const look = model.local ? 'bg-accent-soft text-accent-strong' : 'bg-warn-soft text-warn';
  return <span className={`shrink-0 rounded px-1.5 text-xs ${look}`}>{model.local ? t('model.local') : t('model.cloud')}</span>;
}
