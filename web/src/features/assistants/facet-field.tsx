/** One field of a form, with what it means, whether it acts yet, and what is wrong with it. */
import { useQuery } from '@tanstack/react-query';
import { useId, type ReactNode } from 'react';
import { choicesQuery, type Named } from '@/api/assistants';
import { rolesQuery } from '@/api/broker';
import { modelsQuery } from '@/api/queries';
import { lines, type FormField } from '@/features/assistants/fields';
import { fieldName, plainValue, ta } from '@/features/assistants/words';
import { Badge } from '@/ui/badge';
import { INPUT } from '@/ui/field';
import { Sentence } from '@/ui/sentence';

interface FieldProps {
  field: FormField;
  value: string;
  changed: boolean;
  fault: string | undefined;
  /** Whom an assistant that is named stands for, where the list of choices may not have it. */
  named: Named | null;
  /** The assistant itself cannot be chosen. */
  self: string;
  onChange: (text: string) => void;
}

const WIDE = new Set(['prose', 'list', 'map', 'list_or_map']);

/** Whether a field takes a line of its own. */
export function isWide(field: FormField): boolean {
  return WIDE.has(field.kind);
}

/** The fields with no half-empty line between them: a short one that would stand alone is followed by the next short one. */
export function paired(fields: readonly FormField[]): FormField[] {
  const left = [...fields];
  const order: FormField[] = [];
  for (let field = left.shift(); field; field = left.shift()) {
    order.push(field);
    if (isWide(field)) continue;
    const next = left.findIndex((one) => !isWide(one));
    if (next >= 0) order.push(...left.splice(next, 1));
  }
  return order;
}

export function FacetField(props: FieldProps): ReactNode {
  const { field, fault } = props;
  const id = useId();
  if (isSeveral(field)) return <Several id={id} {...props} />;
  const hint = hintOf(field);
  return (
    <div className={`grid min-w-0 content-start gap-1.5 ${isWide(field) ? 'sm:col-span-2' : ''}`} data-testid="field" data-field={field.field} data-changed={props.changed}>
      {field.kind === 'flag' ? (
        <div className="flex min-h-9 items-center gap-2.5">
          <input
            id={id}
            type="checkbox"
            className="size-6 shrink-0 accent-accent"
            checked={props.value === 'true'}
            aria-describedby={`${id}-about`}
            onChange={(event) => props.onChange(event.target.checked ? 'true' : 'false')}
          />
          <Label id={id} {...props} />
        </div>
      ) : (
        <>
          <Label id={id} {...props} />
          <Control id={id} {...props} />
        </>
      )}
      <p id={`${id}-about`} className="text-[0.8125rem] text-muted [overflow-wrap:anywhere]">
        <Sentence text={field.doc} />
        {hint && <> {hint}</>}
        {!field.in_effect && <span className="sr-only"> {ta('field.notYet')}.</span>}
      </p>
      {fault && <p role="alert" className="text-[0.8125rem] text-danger [overflow-wrap:anywhere]">{fault}</p>}
    </div>
  );
}

/** Whether a field takes any of several words. */
function isSeveral(field: FormField): boolean {
  return field.kind === 'list' && field.choices.length > 0;
}

/** A box for each word there is, kept in the order in which the server lists them. */
function Several({ id, field, value, changed, fault, onChange }: FieldProps & { id: string }): ReactNode {
  const chosen = new Set(lines(value));
  const toggle = (word: string, on: boolean): void => {
    if (on) chosen.add(word);
    else chosen.delete(word);
    onChange([...field.choices, ...lines(value)].filter((one, at, all) => chosen.has(one) && all.indexOf(one) === at).join('\n'));
  };
  return (
    <fieldset className="grid min-w-0 gap-1.5 sm:col-span-2" aria-describedby={`${id}-about`} data-testid="field" data-field={field.field} data-changed={changed}>
      <legend className="flex items-center gap-2 text-sm font-medium">
        {fieldName(field.field)}
        {changed && <span aria-hidden="true" className="size-1.5 rounded-full bg-accent" />}
      </legend>
      <p id={`${id}-about`} className="text-[0.8125rem] text-muted [overflow-wrap:anywhere]"><Sentence text={field.doc} /></p>
      <div className="grid gap-x-5 sm:grid-cols-2">
        {field.choices.map((word) => (
          <label key={word} className="flex min-h-9 items-center gap-2.5 text-sm">
            <input type="checkbox" className="size-6 shrink-0 accent-accent" checked={chosen.has(word)} aria-invalid={fault ? true : undefined} onChange={(event) => toggle(word, event.target.checked)} />
            <span className="[overflow-wrap:anywhere]">{fieldName(word)}</span>
          </label>
        ))}
      </div>
      {fault && <p role="alert" className="text-[0.8125rem] text-danger [overflow-wrap:anywhere]">{fault}</p>}
    </fieldset>
  );
}

function Label({ id, field, changed }: FieldProps & { id: string }): ReactNode {
  return (
    <span className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
      <label htmlFor={id} className="text-sm font-medium">{fieldName(field.field)}</label>
      {changed && <span aria-hidden="true" className="size-1.5 rounded-full bg-accent" />}
      {!field.in_effect && <span aria-hidden="true"><Badge>{ta('field.notYet')}</Badge></span>}
    </span>
  );
}

function hintOf({ kind, default: standard, least, most }: FormField): string | null {
  if (kind === 'map') return ta('field.json');
  if (kind === 'list' || kind === 'list_or_map') return ta('field.lines');
  const known = standard !== null && kind !== 'choice' && kind !== 'flag' ? ta('field.defaultValue', { value: plainValue(standard) }) : null;
  const range = known !== null && kind === 'number' && most !== null ? `${least ?? 0} – ${most}.` : null;
  return [range, known].filter((one) => one !== null).join(' ') || null;
}

function Control({ id, field, value, fault, named, self, onChange }: FieldProps & { id: string }): ReactNode {
  const common = { id, value, 'aria-describedby': `${id}-about`, 'aria-invalid': fault ? true : undefined } as const;
  if (field.kind === 'choice') {
    return (
      <select {...common} className={INPUT} onChange={(event) => onChange(event.target.value)}>
        {!field.choices.includes(value) && <option value={value}>{value === '' ? ta('field.none') : value}</option>}
        {field.choices.map((choice) => (
          <option key={choice} value={choice}>{choice === field.default ? ta('field.default', { value: choice }) : choice}</option>
        ))}
      </select>
    );
  }
  if (field.kind === 'assistant') return <AssistantChoice {...common} named={named} self={self} onChange={onChange} />;
  if (WIDE.has(field.kind)) {
    const look = field.kind === 'map' || /^\s*[[{]/.test(value) ? 'font-mono text-[0.8125rem]' : '';
    return <textarea {...common} rows={2} className={`${INPUT} field-sizing-content max-h-96 min-h-16 resize-none leading-relaxed ${look}`} onChange={(event) => onChange(event.target.value)} />;
  }
  if (field.field === 'preferred_model') return <ModelChoice {...common} onChange={onChange} />;
  const number = field.kind === 'whole' || field.kind === 'number';
  return (
    <input
      {...common}
      type={field.kind === 'moment' ? 'datetime-local' : 'text'}
      inputMode={number ? 'decimal' : undefined}
      autoComplete="off"
      autoCapitalize={field.field === 'slug' ? 'off' : undefined}
      spellCheck={number || field.field === 'slug' ? false : undefined}
      className={INPUT}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

interface ChoiceProps {
  id: string;
  value: string;
  onChange: (text: string) => void;
}

function ModelChoice({ onChange, ...common }: ChoiceProps): ReactNode {
  const models = useQuery(modelsQuery).data?.items ?? [];
  const roles = useQuery(rolesQuery).data?.items ?? [];
  return (
    <>
      <input {...common} list={`${common.id}-list`} autoComplete="off" autoCapitalize="off" spellCheck={false} placeholder="role:chat" className={INPUT} onChange={(event) => onChange(event.target.value)} />
      <datalist id={`${common.id}-list`}>
        {roles.map((role) => <option key={role.role} value={`role:${role.role}`} />)}
        {models.filter((model) => model.provider !== 'builtin').map((model) => <option key={model.ref} value={model.ref} />)}
      </datalist>
    </>
  );
}

function AssistantChoice({ named, self, onChange, ...common }: ChoiceProps & { named: Named | null; self: string }): ReactNode {
  const { data } = useQuery(choicesQuery);
  const found = (data?.items ?? []).filter((one) => one.id !== self);
  const missing = common.value !== '' && !found.some((one) => one.id === common.value);
  return (
    <select {...common} className={INPUT} onChange={(event) => onChange(event.target.value)}>
      <option value="">{ta('field.none')}</option>
      {missing && <option value={common.value}>{named?.id === common.value ? named.name : common.value}</option>}
      {found.map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}
    </select>
  );
}
