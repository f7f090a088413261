/** Buttons: with text, or an icon with a name. */
import type { ComponentProps, ReactNode } from 'react';
import { Icon, type IconName } from '@/ui/icons';

const LOOKS = {
  primary: 'bg-accent text-on-accent hover:bg-accent-strong',
  plain: 'border border-line bg-surface hover:bg-hover',
  quiet: 'text-muted hover:bg-hover hover:text-ink',
  danger: 'bg-danger text-paper hover:opacity-90',
} as const;

type ButtonProps = ComponentProps<'button'> & { look?: keyof typeof LOOKS; icon?: IconName };

export function Button({ look = 'plain', icon, className = '', children, ...rest }: ButtonProps): ReactNode {
  return (
    <button
      type="button"
      className={`inline-flex min-h-9 items-center justify-center gap-2 rounded-lg px-3.5 text-sm font-medium transition-colors disabled:opacity-50 ${LOOKS[look]} ${className}`}
      {...rest}
    >
      {icon && <Icon name={icon} size={17} />}
      {children}
    </button>
  );
}

type IconButtonProps = ComponentProps<'button'> & { icon: IconName; label: string; size?: number };

export const ICON_BUTTON =
  'inline-flex size-8 shrink-0 items-center justify-center rounded-lg text-muted transition-colors hover:bg-hover hover:text-ink disabled:opacity-40 coarse:size-10';

/** A square button of at least 32 px (40 on touch) named by `label`. */
export function IconButton({ icon, label, size = 18, className = '', ...rest }: IconButtonProps): ReactNode {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={`${ICON_BUTTON} ${className}`}
      {...rest}
    >
      <Icon name={icon} size={size} />
    </button>
  );
}
