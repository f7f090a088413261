/** The open menu of a menu button. */
import { Menu } from '@base-ui/react/menu';
import type { ReactNode, RefObject } from 'react';
import { Icon } from '@/ui/icons';
import type { MenuEntry } from '@/ui/menu-button';

interface MenuPopupProps {
  anchor: RefObject<HTMLElement | null>;
  entries: MenuEntry[];
  label: string;
  width: string;
  side: 'top' | 'bottom';
  align: 'start' | 'end';
  onClose: () => void;
}

const ITEM =
  'flex min-h-9 cursor-pointer items-center gap-2.5 rounded-lg px-2.5 py-1.5 text-sm select-none data-[disabled]:cursor-default data-[disabled]:text-muted data-[highlighted]:bg-hover focus-visible:outline-none coarse:min-h-11';

export default function MenuPopup({ anchor, entries, label, width, side, align, onClose }: MenuPopupProps): ReactNode {
  return (
    <Menu.Root open modal={false} onOpenChange={(open) => !open && onClose()}>
      <Menu.Portal>
        <Menu.Positioner anchor={anchor} side={side} align={align} sideOffset={6} className="z-40">
          <Menu.Popup
            aria-label={label}
            finalFocus={anchor}
            className={`rise max-h-[min(28rem,var(--available-height))] overflow-y-auto rounded-xl border border-line bg-surface p-1 shadow-float focus-visible:outline-none ${width}`}
          >
            {entries.map((entry) => (
              <Entry key={entry.id} entry={entry} />
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

function Entry({ entry }: { entry: MenuEntry }): ReactNode {
  if (entry.kind === 'line') return <Menu.Separator className="my-1 border-t border-line" />;
  if (entry.kind === 'item') {
    return <Menu.Item className={`${ITEM} ${entry.danger ? 'text-danger' : ''}`} onClick={entry.onPick}>{entry.label}</Menu.Item>;
  }
  const body = (
    <>
      <span className="min-w-0 flex-1">
        <span className="flex items-center gap-2">
          <span className="truncate">{entry.label}</span>
          {entry.badge && <span className={`shrink-0 rounded px-1.5 text-xs ${entry.badge.calm ? 'bg-accent-soft text-accent-strong' : 'bg-warn-soft text-warn'}`}>{entry.badge.text}</span>}
        </span>
        <span className="line-clamp-2 text-[0.8125rem] text-muted">{entry.detail}</span>
      </span>
      {entry.checked && <Icon name="check" size={16} />}
    </>
  );
  const shared = { className: ITEM, disabled: entry.disabled ?? false };
  if (entry.kind === 'check') {
    return <Menu.CheckboxItem checked={entry.checked} onCheckedChange={entry.onPick} {...shared}>{body}</Menu.CheckboxItem>;
  }
  return (
    <Menu.RadioGroup value={entry.checked} className="contents">
      <Menu.RadioItem value closeOnClick onClick={entry.onPick} {...shared}>{body}</Menu.RadioItem>
    </Menu.RadioGroup>
  );
}
