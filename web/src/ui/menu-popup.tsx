/** The open menu of a menu button: arrow keys, letters, Esc, and a click beside it. */
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode, type RefObject } from 'react';
import { createPortal } from 'react-dom';
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

const GAP_PX = 6;
const EDGE_PX = 8;

const ITEM =
  'flex min-h-9 w-full cursor-pointer items-center gap-2.5 rounded-lg px-2.5 py-1.5 text-left text-sm hover:bg-hover focus:bg-hover focus-visible:outline-none aria-disabled:cursor-default aria-disabled:text-muted coarse:min-h-11';

export default function MenuPopup({ anchor, entries, label, width, side, align, onClose }: MenuPopupProps): ReactNode {
  const menu = useRef<HTMLDivElement>(null);
  const place = usePlaceBeside(anchor, menu, side, align);
  useEffect(() => {
    const checked = menu.current?.querySelector<HTMLElement>('[aria-checked=true]');
    (checked ?? items(menu.current)[0])?.focus({ preventScroll: true });
    checked?.scrollIntoView({ block: 'nearest' });
  }, []);
  useEffect(() => {
    const beside = (event: Event): void => {
      const target = event.target as Node;
      if (!menu.current?.contains(target) && !anchor.current?.contains(target)) onClose();
    };
    document.addEventListener('pointerdown', beside);
    window.addEventListener('resize', onClose);
    return () => {
      document.removeEventListener('pointerdown', beside);
      window.removeEventListener('resize', onClose);
    };
  }, [anchor, onClose]);
  const close = (): void => {
    onClose();
    anchor.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Tab') return onClose();
    if (event.key === 'Escape') close();
    else if (!moved(items(menu.current), event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  return createPortal(
    <div
      ref={menu}
      role="menu"
      aria-label={label}
      tabIndex={-1}
      style={place}
      onKeyDown={onKeyDown}
      className={`rise fixed z-40 max-h-[min(28rem,70dvh)] overflow-y-auto rounded-xl border border-line bg-surface p-1 shadow-float focus-visible:outline-none ${width}`}
    >
      {entries.map((entry) => (
        <Entry key={entry.id} entry={entry} close={close} />
      ))}
    </div>,
    anchor.current?.closest('main,nav') ?? document.body,
  );
}

function items(menu: HTMLElement | null): HTMLElement[] {
  return [...(menu?.querySelectorAll<HTMLElement>('[role^=menuitem]') ?? [])];
}

/** Moves the focus as `key` says; false where the key means nothing here. */
function moved(all: HTMLElement[], key: string): boolean {
  const at = all.indexOf(document.activeElement as HTMLElement);
  const steps: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 };
  const to = steps[key];
  if (to !== undefined) {
    all.at(to >= all.length ? 0 : to)?.focus();
    return true;
  }
  if (key.length !== 1 || key === ' ') return false;
  const begins = (item: HTMLElement): boolean => item.textContent.toLowerCase().startsWith(key.toLowerCase());
  (all.slice(at + 1).find(begins) ?? all.find(begins))?.focus();
  return true;
}

interface Placed {
  left?: number;
  right?: number;
  top?: number;
  bottom?: number;
}

function usePlaceBeside(anchor: RefObject<HTMLElement | null>, menu: RefObject<HTMLElement | null>, side: string, align: string): Placed {
  const [place, setPlace] = useState<Placed>({ left: 0, top: 0 });
  useLayoutEffect(() => {
    if (!anchor.current || !menu.current) return;
    const button = anchor.current.getBoundingClientRect();
    const { width, height } = { width: menu.current.offsetWidth, height: menu.current.offsetHeight };
    const wanted = align === 'start' ? button.left : button.right - width;
    const left = Math.max(EDGE_PX, Math.min(wanted, window.innerWidth - width - EDGE_PX));
    const above = side === 'top' || button.bottom + GAP_PX + height > window.innerHeight - EDGE_PX;
    setPlace(above ? { left, bottom: window.innerHeight - button.top + GAP_PX } : { left, top: button.bottom + GAP_PX });
  }, [anchor, menu, side, align]);
  return place;
}

const ROLES = { item: 'menuitem', radio: 'menuitemradio', check: 'menuitemcheckbox' } as const;

function Entry({ entry, close }: { entry: MenuEntry; close: () => void }): ReactNode {
  if (entry.kind === 'line') return <div role="separator" className="my-1 border-t border-line" />;
  const disabled = entry.kind !== 'item' && entry.disabled === true;
  const pick = (): void => {
    if (disabled) return;
    if (entry.kind === 'item' || entry.kind === 'radio') close();
    entry.onPick();
  };
  const look = entry.kind === 'item' && entry.danger ? 'text-danger' : '';
  return (
    <button
      type="button"
      role={ROLES[entry.kind]}
      tabIndex={-1}
      aria-checked={entry.kind === 'item' ? undefined : entry.checked}
      aria-disabled={disabled || undefined}
      onClick={pick}
      className={`${ITEM} ${look}`}
    >
      {entry.kind === 'item' ? entry.label : <Described entry={entry} />}
    </button>
  );
}

function Described({ entry }: { entry: Exclude<MenuEntry, { kind: 'item' | 'line' }> }): ReactNode {
  const { badge } = entry;
  return (
    <>
      <span className="min-w-0 flex-1">
        <span className="flex items-center gap-2">
          <span className="truncate">{entry.label}</span>
          {badge && <span className={`shrink-0 rounded px-1.5 text-xs ${badge.calm ? 'bg-accent-soft text-accent-strong' : 'bg-warn-soft text-warn'}`}>{badge.text}</span>}
        </span>
        <span className="line-clamp-3 text-[0.8125rem] text-muted">{entry.detail}</span>
      </span>
      {entry.checked && <Icon name="check" size={16} />}
    </>
  );
}
