/** Asks before what cannot be undone, or what a person should know first. */
import { AlertDialog } from '@base-ui/react/alert-dialog';
import type { ReactElement, ReactNode } from 'react';
import { t } from '@/i18n/t';
import { Button } from '@/ui/button';
import { BACKDROP } from '@/ui/dialog';

interface ConfirmProps {
  trigger: ReactElement;
  title: string;
  detail: string;
  action: string;
  /** `primary` where nothing is lost by it. */
  look?: 'danger' | 'primary';
  onConfirm: () => void;
}

export function Confirm({ trigger, title, detail, action, look = 'danger', onConfirm }: ConfirmProps): ReactNode {
  return (
    <AlertDialog.Root>
      <AlertDialog.Trigger render={trigger} />
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={BACKDROP} />
        <AlertDialog.Popup className="rise fixed top-[28dvh] left-1/2 z-50 grid w-[min(26rem,calc(100vw-2rem))] -translate-x-1/2 gap-3 rounded-2xl border border-line bg-surface p-5 shadow-float focus-visible:outline-none">
          <AlertDialog.Title className="text-lg font-semibold [overflow-wrap:anywhere]">{title}</AlertDialog.Title>
          <AlertDialog.Description className="text-sm text-muted [overflow-wrap:anywhere]">{detail}</AlertDialog.Description>
          <div className="mt-2 flex justify-end gap-2">
            <AlertDialog.Close render={<Button />}>{t('cancel')}</AlertDialog.Close>
            <AlertDialog.Close render={<Button look={look} />} onClick={onConfirm}>{action}</AlertDialog.Close>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
