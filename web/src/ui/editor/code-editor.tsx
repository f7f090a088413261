/** A text of JSON or YAML being written: numbered lines that wrap, coloured pieces, lines with problems marked. */
import { memo, useMemo, type KeyboardEvent, type ReactNode, type RefObject } from 'react';
import { tokensOf, type Token } from '@/ui/editor/tokens';

const COLOURED_LINES = 4000;

const COLOURS: Record<Token['kind'], string> = {
  plain: '',
  key: 'text-code-key',
  string: 'text-code-string',
  number: 'text-code-number',
  word: 'text-code-word',
  comment: 'text-muted italic',
};

interface CodeEditorProps {
  area: RefObject<HTMLTextAreaElement | null>;
  label: string;
  language: 'json' | 'yaml';
  value: string;
  /** Lines with something wrong, from 1: true where it is only a warning. */
  marked: ReadonlyMap<number, boolean>;
  describedBy: string;
  onChange: (text: string) => void;
  onSave: () => void;
}

/** The textarea lies over the coloured copy of its text, and both wrap alike. */
export function CodeEditor({ area, label, language, value, marked, describedBy, onChange, onSave }: CodeEditorProps): ReactNode {
  const lines = useMemo(() => value.split('\n'), [value]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 's') return;
    event.preventDefault();
    onSave();
  };
  return (
    <div className="code-editor rounded-xl border border-edge bg-surface focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent">
      <div className="relative min-h-40">
        <div aria-hidden="true" className="code-lines py-2">
          {lines.map((line, i) => (
            <Line key={i} number={i + 1} text={line} language={language} coloured={lines.length <= COLOURED_LINES} mark={marked.get(i + 1)} />
          ))}
        </div>
        <textarea
          ref={area}
          aria-label={label}
          aria-describedby={describedBy}
          aria-invalid={[...marked.values()].includes(false)}
          data-testid="code"
          value={value}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={onKeyDown}
          className="code-lines absolute inset-0 resize-none overflow-hidden bg-transparent py-2 focus-visible:outline-none"
        />
      </div>
    </div>
  );
}

interface LineProps {
  number: number;
  text: string;
  language: 'json' | 'yaml';
  coloured: boolean;
  mark: boolean | undefined;
}

const Line = memo(function Line({ number, text, language, coloured, mark }: LineProps): ReactNode {
  const look = mark === undefined ? '' : mark ? 'bg-warn-soft' : 'bg-danger-soft';
  const tone = mark === undefined ? 'text-muted' : mark ? 'text-warn font-semibold' : 'text-danger font-semibold';
  return (
    <div className={`code-line ${look}`} data-testid={mark === undefined ? undefined : 'marked-line'}>
      <span className={`code-number ${tone}`}>{number}</span>
      {coloured ? tokensOf(text, language).map((token, i) => <span key={i} className={COLOURS[token.kind]}>{token.text}</span>) : text}
      {text === '' && '\u200b'}
    </div>
  );
});
