/** What became of the fields of an older text. */
import type { ReactNode } from 'react';
import type { UpgradeStep } from '@/api/broker';
import { t } from '@/i18n/t';

export function UpgradeList({ steps }: { steps: readonly UpgradeStep[] }): ReactNode {
  if (steps.length === 0) return null;
  return (
    <details className="text-sm">
      <summary className="min-h-6 w-fit cursor-pointer font-medium">{t('upgrade.title', { n: steps.length })}</summary>
      <ul className="mt-1.5 grid gap-1.5 pl-4">
        {steps.map((step) => (
          <li key={step.key} className="[overflow-wrap:anywhere]">
            <code className="font-mono text-[0.8125rem]">{step.key}</code>{' '}
            {step.to === null ? t('upgrade.kept') : <>→ <code className="font-mono text-[0.8125rem]">{step.to}</code></>}
            <span className="text-muted"> {step.reason}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
