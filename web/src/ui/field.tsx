/** Labelled inputs. */
import { useId, type ComponentProps, type ReactNode } from 'react';

export const INPUT =
  'w-full min-w-0 min-h-9 rounded-lg border border-edge bg-surface px-3 py-1.5 text-[0.9375rem] placeholder:text-muted';

type FieldProps = ComponentProps<'input'> & { label: string; hint?: string };

export function Field({ label, hint, ...rest }: FieldProps): ReactNode {
  const id = useId();
  return (
    <div className="grid min-w-0 content-start gap-1.5">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <input id={id} className={INPUT} aria-describedby={hint ? `${id}-hint` : undefined} {...rest} />
      {hint && (
        <p id={`${id}-hint`} className="text-[0.8125rem] text-muted">
          {hint}
        </p>
      )}
    </div>
  );
}

type ChoiceProps = ComponentProps<'select'> & { label: string; options: { value: string; label: string }[] };

export function Choice({ label, options, ...rest }: ChoiceProps): ReactNode {
  const id = useId();
  return (
    <div className="grid min-w-0 content-start gap-1.5">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <select id={id} className={INPUT} {...rest}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  );
}
