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
  /** Called when the menu is about to be opened. */
  onApproach?: () => void;
  [data: `data-${string}`]: string | undefined;
};

export function MenuButton({ entries, label, width, side = 'bottom', align = 'end', onApproach, children, ...rest }: MenuButtonProps): ReactNode {
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const approach = (): void => {
    void load();
    onApproach?.();
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label={label}
        title={label}
        onPointerEnter={approach}
        onFocus={approach}
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
