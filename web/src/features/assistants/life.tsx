/** What can be done with an assistant, in a menu, and the dialogs of what needs words. */
import { useState, type ReactNode } from 'react';
import { become, remove, setDemo, type Known } from '@/features/assistants/doing';
import { CloneDialog, SpawnDialog } from '@/features/assistants/make';
import { ta } from '@/features/assistants/words';
import { ICON_BUTTON } from '@/ui/button';
import { Icon } from '@/ui/icons';
import { MenuButton, type MenuEntry } from '@/ui/menu-button';

export type Asked = 'clone' | 'spawn' | null;

export function LifeMenu({ assistant }: { assistant: Known }): ReactNode {
  const [asked, setAsked] = useState<Asked>(null);
  return (
    <>
      <MenuButton entries={() => lifeEntries(assistant, setAsked)} label={ta('more', { name: assistant.name })} width="w-56" className={`${ICON_BUTTON} border border-line bg-surface`} data-testid="life-menu">
        <Icon name="more" />
      </MenuButton>
      <LifeDialogs assistant={assistant} asked={asked} onClose={() => setAsked(null)} />
    </>
  );
}

export function LifeDialogs({ assistant, asked, onClose }: { assistant: Known; asked: Asked; onClose: () => void }): ReactNode {
  if (asked === 'clone') return <CloneDialog of={assistant} onClose={onClose} />;
  if (asked === 'spawn') return <SpawnDialog of={assistant} onClose={onClose} />;
  return null;
}

function lifeEntries(one: Known, ask: (asked: Asked) => void): MenuEntry[] {
  const item = (id: string, label: string, onPick: () => void): MenuEntry => ({ kind: 'item', id, label, onPick });
  const states = [
    one.status === 'active' ? null : item('activate', ta('life.activate'), () => void become(one, 'active')),
    one.status === 'archived' ? null : item('archive', ta('life.archive'), () => void become(one, 'archived')),
    one.status === 'draft' ? null : item('draft', ta('life.draft'), () => void become(one, 'draft')),
  ];
  return [
    ...states.filter((entry) => entry !== null),
    { kind: 'line', id: 'line1' },
    item('clone', ta('life.clone'), () => ask('clone')),
    item('spawn', ta('life.spawn'), () => ask('spawn')),
    item('demo', ta(one.is_demo ? 'life.noDemo' : 'life.demo'), () => void setDemo(one, !one.is_demo)),
    { kind: 'line', id: 'line2' },
    { kind: 'item', id: 'delete', label: ta('life.delete'), danger: true, onPick: () => void remove(one) },
  ];
}
