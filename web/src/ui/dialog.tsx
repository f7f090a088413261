/** A dialog: titled, closed by Esc, by its button or beside it. */
import { Dialog as Base } from '@base-ui/react/dialog';
import type { ReactNode } from 'react';
import { t } from '@/i18n/t';
import { IconButton } from '@/ui/button';

interface DialogProps {
  title: string;
  open: boolean;
  onClose: () => void;
  /** Hides the heading row (the title stays for screen readers). */
  bare?: boolean;
  wide?: boolean;
  children: ReactNode;
}

export const BACKDROP = 'fixed inset-0 z-40 bg-shade backdrop-blur-[2px] transition-opacity data-[ending-style]:opacity-0 data-[starting-style]:opacity-0';

export function Dialog({ title, open, onClose, bare = false, wide = false, children }: DialogProps): ReactNode {
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className={BACKDROP} />
        <Base.Popup
          className={`rise fixed top-[max(1rem,10dvh)] left-1/2 z-50 flex max-h-[80dvh] w-[calc(100vw-2rem)] -translate-x-1/2 flex-col overflow-hidden rounded-2xl border border-line bg-surface shadow-float focus-visible:outline-none ${wide ? 'max-w-3xl' : 'max-w-xl'}`}
        >
          <div className={bare ? 'sr-only' : 'flex items-center justify-between gap-4 px-5 pt-4 pb-2'}>
            <Base.Title className="min-w-0 text-lg font-semibold [overflow-wrap:anywhere]">{title}</Base.Title>
            {!bare && <Base.Close render={<IconButton icon="close" label={t('close')} />} />}
          </div>
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
