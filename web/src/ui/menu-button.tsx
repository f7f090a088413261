/** A button with a menu; the menu's code is loaded when the button is first approached. */
import { lazy, Suspense, useRef, useState, type ComponentProps, type ReactNode } from 'react';

export type MenuEntry =
  | { kind: 'item'; id: string; label: string; danger?: boolean; onPick: () => void }
  | { kind: 'radio' | 'check'; id: string; label: string; detail: string; badge?: { text: string; calm: boolean }; checked: boolean; disabled?: boolean; onPick: () => void }
  | { kind: 'line'; id: string };

const load = () => import('@/ui/menu-popup');
const MenuPopup = lazy(load);

type MenuButtonProps = ComponentProps<'button'> & {
  entries: () => MenuEntry[];
  label: string;
  width: string;
  side?: 'top' | 'bottom';
  align?: 'start' | 'end';
  [data: `data-${string}`]: string | undefined;
};

export function MenuButton({ entries, label, width, side = 'bottom', align = 'end', children, ...rest }: MenuButtonProps): ReactNode {
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        ref={button}
        type="button"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label={label}
        title={label}
        onPointerEnter={() => void load()}
        onFocus={() => void load()}
        onClick={() => setOpen(!open)}
        {...rest}
      >
        {children}
      </button>
      {open && (
        <Suspense>
          <MenuPopup anchor={button} entries={entries()} label={label} width={width} side={side} align={align} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
