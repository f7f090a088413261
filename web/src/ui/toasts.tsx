/** Notices at the top of the page, where they cover nothing that is being written. */
import type { ReactNode } from 'react';
import { t } from '@/i18n/t';
import { useStore } from '@/lib/store';
import { toasts, type Toast } from '@/lib/toasts';
import { IconButton } from '@/ui/button';

export function Toasts(): ReactNode {
  const all = useStore(toasts);
  if (all.length === 0) return null;
  return (
    <section aria-label={t('toasts.label')} className="pointer-events-none fixed inset-x-0 top-15 z-50 flex flex-col items-center gap-2 px-4">
      {all.map((one) => (
        <Notice key={one.id} notice={one} />
      ))}
    </section>
  );
}

function Notice({ notice }: { notice: Toast }): ReactNode {
  const close = (): void => toasts.set((all) => all.filter((other) => other.id !== notice.id));
  const look = notice.tone === 'problem' ? 'bg-danger text-paper' : 'bg-ink text-paper';
  return (
    <div data-testid="toast" className={`rise pointer-events-auto flex max-w-md items-center gap-3 rounded-xl py-1.5 pr-1.5 pl-4 text-sm shadow-float ${look}`}>
      <span className="min-w-0 [overflow-wrap:anywhere]">{notice.text}</span>
      {notice.action && (
        <button
          type="button"
          className="min-h-8 rounded-lg px-2 font-semibold underline underline-offset-2 focus-visible:outline-paper"
          onClick={() => {
            notice.action?.run();
            close();
          }}
        >
          {notice.action.label}
        </button>
      )}
      <IconButton icon="close" size={15} label={t('close')} className="text-paper! hover:bg-transparent! hover:opacity-70" onClick={close} />
    </div>
  );
}
