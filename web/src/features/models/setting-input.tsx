/** One setting of a model: what is typed, what is in force and from where, and what the server says is wrong with it. */
import { useId, type ReactNode } from 'react';
import { USER_FILE, type Problem } from '@/api/broker';
import type { ModelFacts } from '@/api/types';
import { isKeyOf, type SettingField } from '@/features/models/setting-fields';
import { factValue, settingName, to } from '@/features/models/model-texts';
import { t } from '@/i18n/t';
import { INPUT } from '@/ui/field';
import { Sentence } from '@/ui/sentence';

interface SettingInputProps {
  field: SettingField;
  facts: ModelFacts;
  /** What the person's file says. */
  own: string;
  value: string;
  problem: Problem | undefined;
  onChange: (value: string) => void;
}

export function SettingInput({ field, facts, own, value, problem, onChange }: SettingInputProps): ReactNode {
  const id = useId();
  const hint = hintOf(field, facts, own);
  const about = [hint && `${id}-hint`, problem && `${id}-wrong`].filter(Boolean).join(' ') || undefined;
  const shared = { id, value, 'aria-describedby': about, 'aria-invalid': problem && !problem.warning ? true : undefined };
  return (
    <div className="grid min-w-0 content-start gap-1.5" data-testid="setting" data-setting={field.id}>
      <label htmlFor={id} className="text-sm font-medium">{settingName(field.id)}</label>
      {field.kind === 'flag' ? (
        <select {...shared} className={INPUT} onChange={(event) => onChange(event.target.value)}>
          <option value="">{to('set.notSaid')}</option>
          <option value="true">{to('one.yes')}</option>
          <option value="false">{to('one.no')}</option>
          {!['', 'true', 'false'].includes(value) && <option value={value}>{value}</option>}
        </select>
      ) : (
        <input {...shared} className={INPUT} maxLength={2000} autoComplete="off" autoCapitalize="off" spellCheck={false} inputMode={field.kind === 'number' ? 'decimal' : undefined} onChange={(event) => onChange(event.target.value)} />
      )}
      {problem && (
        <p id={`${id}-wrong`} className={`text-sm [overflow-wrap:anywhere] ${problem.warning ? 'text-warn' : 'text-danger'}`} data-testid="setting-problem">
          <Sentence text={problem.message} /> {problem.line !== null && <span className="text-muted">{to('set.line', { file: USER_FILE, line: problem.line })}</span>}
        </p>
      )}
      {hint && <p id={`${id}-hint`} className="text-[0.8125rem] text-muted [overflow-wrap:anywhere]">{hint}</p>}
    </div>
  );
}

/** What is in force where the file does not say it alone, and how the field is written. */
function hintOf(field: SettingField, facts: ModelFacts, own: string): string {
  return [inForce(field, facts, own), howTo(field)].filter((one) => one !== '').join(' ');
}

function inForce(field: SettingField, { configured, names, capabilities }: ModelFacts, own: string): string {
  const said = configured.find((one) => isKeyOf(one.key, names, field));
  if (said && said.file !== USER_FILE) {
    const value = typeof said.value === 'string' ? said.value : JSON.stringify(said.value);
    const source = said.source ?? t(`level.${said.level}`);
    return own === '' ? to('set.from', { value, source }) : to('set.covered', { value, source });
  }
  const name = field.id.replace(/^capabilities\./, '');
  const fact = capabilities[name];
  if (own !== '' || !fact || fact.value === null || fact.source === null) return '';
  return to('set.now', { value: `${factValue(name, fact)} (${to(`source.${fact.source}`)})` });
}

function howTo({ id }: SettingField): string {
  if (id === 'keep_alive') return to('set.keepHint');
  return id === 'fallbacks' ? to('set.fallbacksHint') : '';
}
