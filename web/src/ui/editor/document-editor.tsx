/**
 * A text of the server being changed: checked while it is written, saved over exactly what was read. What is written
 * and not saved stays in this browser; when somebody else was faster, both texts are shown and the person chooses.
 */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { isConflict, problemsIn, type Problem, type TextFormat, type Validation } from '@/api/broker';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import { readSaved, writeSaved } from '@/lib/saved';
import { problem as tell, toast } from '@/lib/toasts';
import { Button } from '@/ui/button';
import { CodeEditor } from '@/ui/editor/code-editor';
import { DiffView } from '@/ui/editor/diff-view';
import { markedLines, ProblemList } from '@/ui/editor/problem-list';
import { offsetOf, wordAt } from '@/ui/editor/text-places';

const PAUSE_MS = 250;
const UNDO_MS = 10_000;

export interface Loaded {
  text: string;
  etag: string | null;
}

interface DocumentEditorProps {
  /** What the text is called, in sentences. */
  name: string;
  /** Under which key an unsaved text is kept in this browser. */
  draftKey: string;
  language: TextFormat;
  /** The server's text as it was read last. */
  loaded: Loaded;
  /** Where to begin, if somebody came for a place in the text. */
  at?: { line: number; column: number } | null;
  validate: (text: string) => Promise<Validation>;
  /** Saves over the content that `etag` names. */
  save: (text: string, etag: string | null) => Promise<Loaded>;
  /** Reads the server's text again. */
  reload: () => Promise<unknown>;
}

interface Draft {
  text: string;
  /** The content that the draft began from. */
  etag: string | null;
}

/** The text being written: the server's, until something else is typed. */
function useDraft(draftKey: string, loaded: Loaded): [Draft, (draft: Draft | null) => void, boolean] {
  const key = `draft.edit.${draftKey}`;
  const [kept, setKept] = useState<Draft | null>(() => readSaved<Draft | null>(key, null));
  const mine = kept !== null && kept.text !== loaded.text ? kept : null;
  const keep = (draft: Draft | null): void => {
    setKept(draft);
    writeSaved(key, draft);
  };
  return [mine ?? loaded, keep, mine !== null];
}

export function DocumentEditor(props: DocumentEditorProps): ReactNode {
  const { name, draftKey, language, loaded, save, reload } = props;
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const [draft, keep, dirty] = useDraft(draftKey, loaded);
  const [saving, setSaving] = useState(false);
  const { problems, valid } = useProblems(draftKey, draft.text, loaded.etag === null, props.validate);
  const conflict = dirty && draft.etag !== loaded.etag;

  const at = props.at ?? null;
  useEffect(() => {
    if (at) show(area.current, { ...at, key: '' });
    // Once, when the text is there.
  }, []);

  const write = async (etag: string | null): Promise<void> => {
    if (saving) return;
    const sent = draft.text;
    setSaving(true);
    try {
      const after = await save(sent, etag);
      if (area.current === null || area.current.value === sent) keep(null);
      else keep({ text: area.current.value, etag: after.etag });
      toast(t('editor.saved', { name }));
    } catch (error) {
      if (isConflict(error)) await reload().catch(tell);
      else tell(error);
      const first = problemsIn(error)[0];
      if (first) show(area.current, first);
    } finally {
      setSaving(false);
    }
  };
  const putAside = (said: string): void => {
    const before = draft;
    keep(null);
    toast(said, { action: { label: t('undo'), run: () => keep(before) }, ms: UNDO_MS });
  };
  const takeTheirs = (): void => putAside(t('editor.tookTheirs'));
  const discard = (): void => putAside(t('editor.discarded'));
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      {conflict && (
        <Conflict
          name={name}
          mine={draft.text}
          theirs={loaded.text}
          onMine={() => void write(loaded.etag)}
          onTheirs={takeTheirs}
          onBoth={() => keep({ text: draft.text, etag: loaded.etag })}
        />
      )}
      <CodeEditor
        area={area}
        label={t('editor.label', { name })}
        language={language}
        value={draft.text}
        marked={markedLines(problems)}
        describedBy={`${id}-state`}
        onChange={(text) => keep({ text, etag: dirty ? draft.etag : loaded.etag })}
        onSave={() => void write(draft.etag)}
      />
      <ProblemList problems={problems} onGo={(one) => show(area.current, one)} onMend={(one) => mend(area.current, one)} />
      <div className={`-mx-1.5 flex flex-wrap items-center justify-end gap-2 bg-paper px-1.5 py-2.5 ${conflict ? '' : 'sticky bottom-0'}`}>
        <p id={`${id}-state`} role="status" className="flex-1 basis-full text-sm text-muted sm:basis-40" data-testid="editor-state">
          {stateLine(dirty, valid, problems)}
        </p>
        {dirty && <Button look="quiet" onClick={discard}>{t('editor.discard')}</Button>}
        <Button look="primary" disabled={!dirty || saving || conflict} onClick={() => void write(draft.etag)}>{t('save')}</Button>
      </div>
    </div>
  );
}

function stateLine(dirty: boolean, valid: boolean, problems: readonly Problem[]): string {
  const faults = problems.filter((one) => !one.warning).length;
  const state = faults > 0 ? t('editor.faults', { n: faults }) : valid ? t('editor.valid') : t('editor.checking');
  return dirty ? `${state} ${t('editor.unsaved')}` : state;
}

/** What is wrong with the text, asked again after each pause in the writing. */
function useProblems(draftKey: string, text: string, absent: boolean, validate: DocumentEditorProps['validate']): { problems: Problem[]; valid: boolean } {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const { data, isPlaceholderData } = useQuery({
    queryKey: ['validation', draftKey, settled],
    // What is not there yet, and of which nothing is written, has nothing wrong.
    queryFn: () => (absent && settled === '' ? { valid: true, problems: [], upgraded: [] } : validate(settled)),
    placeholderData: (before) => before,
    gcTime: 10_000,
  });
  const valid = data?.valid === true && !isPlaceholderData && settled === text;
  return { problems: data?.problems ?? [], valid };
}

interface ConflictProps {
  name: string;
  mine: string;
  theirs: string;
  onMine: () => void;
  onTheirs: () => void;
  onBoth: () => void;
}

function Conflict({ name, mine, theirs, onMine, onTheirs, onBoth }: ConflictProps): ReactNode {
  useEffect(() => announce(t('conflict.title', { name })), [name]);
  return (
    <section data-testid="conflict" className="grid gap-3 rounded-xl border border-warn bg-warn-soft p-4">
      <div>
        <h3 className="font-semibold">{t('conflict.title', { name })}</h3>
        <p className="text-sm">{t('conflict.detail')}</p>
      </div>
      <DiffView before={theirs} after={mine} label={t('conflict.diff')} />
      <div className="flex flex-wrap gap-2">
        <Button look="primary" onClick={onMine}>{t('conflict.mine')}</Button>
        <Button onClick={onTheirs}>{t('conflict.theirs')}</Button>
        <Button look="quiet" onClick={onBoth}>{t('conflict.both')}</Button>
      </div>
    </section>
  );
}

function show(area: HTMLTextAreaElement | null, { line, column, key }: Pick<Problem, 'line' | 'column' | 'key'>): void {
  if (!area || !line) return;
  const start = offsetOf(area.value, line, column ?? 1);
  const span = wordAt(area.value, line, column ?? 1, key) ?? { start, end: start };
  area.focus({ preventScroll: true });
  area.setSelectionRange(span.start, span.end);
  area.parentElement?.querySelector(`.code-line:nth-child(${line})`)?.scrollIntoView({ block: 'center' });
}

/** Puts the nearest word in the place of the wrong one, as if it were typed, so that Ctrl+Z takes it back. */
function mend(area: HTMLTextAreaElement | null, one: Problem): void {
  if (!area || !one.line || !one.nearest) return;
  const span = wordAt(area.value, one.line, one.column ?? 1, one.key);
  if (!span) return show(area, one);
  area.focus();
  area.setSelectionRange(span.start, span.end);
  document.execCommand('insertText', false, one.nearest);
}
