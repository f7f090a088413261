import { describe, expect, it } from 'vitest';
import type { Envelope } from '@/api/envelopes';
import type { Run } from '@/api/types';
import { dropUtf8, utf8Length } from '@/lib/bytes';
import { fromRun, isSettled, reduce, reduceAll, streamText } from '@/lib/stream';

const run: Run = {
  id: 'run_1', kind: 'chat', conversation_id: 'cnv_1', user_message_id: 'msg_u', message_id: 'msg_a',
  parent_id: 'msg_u', status: 'queued', phase: 'queued', position: 1, model: null, model_reason: null, stood_in_for: null,
  text: '', parts: [], last_seq: 0, usage: null, cost: null, price_table: null, error: null, created_at: '', started_at: null,
  finished_at: null, context_report: null,
};

const head = { v: 1, ts: '', conversation_id: 'cnv_1', run_id: 'run_1', message_id: 'msg_a' };

function delta(seq: number, offset: number, text: string): Envelope {
  return { ...head, seq, type: 'part.delta', part: 0, offset, text };
}

/** A text as the envelopes of a run, cut after every code point. */
function script(text: string): Envelope[] {
  let offset = 0;
  return [...text].map((char, i) => {
    const event = delta(i + 2, offset, char);
    offset += utf8Length(char);
    return event;
  });
}

describe('bytes', () => {
  it('counts and cuts as UTF-8', () => {
    const text = 'aé漢😀z';
    expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length);
    expect(dropUtf8(text, 1 + 2 + 3)).toBe('😀z');
  });
});

describe('reduce', () => {
  it('joins deltas', () => {
    expect(streamText(reduceAll(fromRun(run), script('Grüße, 漢字 😀!')))).toBe('Grüße, 漢字 😀!');
  });

  it('ignores what a replay repeats, whole or in part', () => {
    const state = reduceAll(fromRun(run), [delta(2, 0, 'abc'), delta(2, 0, 'abc'), delta(3, 2, 'cdé'), delta(4, 4, 'éx')]);
    expect(streamText(state)).toBe('abcdéx');
  });

  it('gives the same text from every resume point', () => {
    const text = 'Two disconnects — 😀 漢 — and not a byte is lost.';
    const events = script(text);
    for (let cut = 0; cut < events.length; cut += 3) {
      const first = reduceAll(fromRun(run), events.slice(0, cut));
      const again = reduceAll(first, events.slice(Math.max(0, cut - 7)));
      expect(streamText(again)).toBe(text);
    }
  });

  it('remembers the first model that another one stood in for', () => {
    const changed = (seq: number, model: string, failed: string): Envelope => ({ ...head, seq, type: 'run.model_changed', model, model_reason: `${failed} did not answer`, failed, error: 'model.limited' });
    const events: Envelope[] = [{ ...head, seq: 1, type: 'run.started', model: 'a', model_reason: null, stood_in_for: null }, changed(2, 'b', 'a'), changed(3, 'c', 'b')];
    const state = reduceAll(fromRun(run), events);
    expect([state.model, state.modelReason, state.stoodInFor]).toEqual(['c', 'b did not answer', 'a']);
  });

  it('is told at the start of one that was known to be away', () => {
    const started: Envelope = { ...head, seq: 1, type: 'run.started', model: 'b', model_reason: 'a did not answer', stood_in_for: 'a' };
    expect(reduce(fromRun(run), started).stoodInFor).toBe('a');
  });

  it('is told by the snapshot too which model another one stood in for', () => {
    const begun = fromRun({ ...run, status: 'running', model: 'b', stood_in_for: 'a' });
    expect(reduce(begun, delta(2, 0, 'x')).stoodInFor).toBe('a');
  });

  it('marks a hole and keeps the last good position', () => {
    const state = reduceAll(fromRun(run), [delta(2, 0, 'abc'), delta(9, 7, 'zzz')]);
    expect(state.gap).toBe(true);
    expect(state.lastSeq).toBe(2);
    expect(streamText(state)).toBe('abc');
  });

  it('adds nothing after the terminal event', () => {
    const done = reduce(fromRun(run), { ...head, seq: 5, type: 'run.cancelled', message: null });
    expect(isSettled(done)).toBe(true);
    expect(reduce(done, delta(6, 0, 'late'))).toBe(done);
  });

  it('follows the phase and the place in the queue', () => {
    const state = reduce(fromRun(run), { ...head, seq: 2, type: 'run.status', phase: 'queued', position: 2 });
    expect([state.status, state.position]).toEqual(['queued', 2]);
    const waiting = reduce(state, { ...head, seq: 3, type: 'run.status', phase: 'waiting_for_model' });
    expect([waiting.status, waiting.waitsBecause]).toEqual(['waiting', null]);
    const why = { code: 'model.not_a_server', message: 'A web page answers there.' };
    const told = reduce(waiting, { ...head, seq: 4, type: 'run.status', phase: 'waiting_for_model', waits_because: why });
    expect(told.waitsBecause).toEqual(why);
    expect(reduce(told, { ...head, seq: 5, type: 'run.status', phase: 'thinking' }).waitsBecause).toBeNull();
  });

  it('ignores unknown types', () => {
    const state = reduce(fromRun(run), { ...head, seq: 2, type: 'something.new' } as unknown as Envelope);
    expect(streamText(state)).toBe('');
  });
});
