/** A key combination. */
import type { ReactNode } from 'react';

const apple = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);

export function Keys({ keys }: { keys: string }): ReactNode {
  const shown = apple ? keys.replace('Ctrl', '⌘') : keys;
  return (
    <span className="inline-flex gap-1">
      {shown.split('+').map((key) => (
        <kbd key={key} className="rounded border border-line bg-sunken px-1.5 font-sans text-xs leading-5 text-muted">{key}</kbd>
      ))}
    </span>
  );
}
