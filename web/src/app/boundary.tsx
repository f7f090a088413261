/** Where a place of the page breaks, the rest stays and says so. */
import { Component, type ReactNode } from 'react';
import { t } from '@/i18n/t';
import { Button } from '@/ui/button';

export class Boundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error): { error: Error } {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <main className="grid flex-1 place-content-center justify-items-center gap-3 p-6 text-center" role="alert">
        <h1 className="font-serif text-2xl">{t('broken.title')}</h1>
        <p className="max-w-md text-muted">{t('broken.detail', { reason: error.message })}</p>
        <Button look="primary" onClick={() => location.reload()}>{t('broken.again')}</Button>
      </main>
    );
  }
}
