/** What can be done with a message: copy, branch, answer again, rate, fork. */
import { useState, type ReactNode } from 'react';
import type { Feedback, Message } from '@/api/types';
import { continueAnswer, forkFrom, rate, regenerate, switchBranch } from '@/features/chat/branches';
import { t } from '@/i18n/t';
import { copyText } from '@/lib/clipboard';
import { IconButton } from '@/ui/button';

/** The text of a message as it was written. */
export function textOf(message: Message): string {
  return message.parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n\n');
}

export function AnswerActions({ message }: { message: Message }): ReactNode {
  const stopped = message.state === 'interrupted' || message.state === 'cancelled';
  const continuable = stopped && textOf(message) !== '';
  return (
    <div className="-ml-2 flex flex-wrap items-center">
      <Branches message={message} />
      <CopyMessage message={message} />
      <IconButton icon="again" label={t('answer.again')} onClick={() => void regenerate(message)} />
      {continuable && <IconButton icon="play" label={t('answer.continue')} onClick={() => void continueAnswer(message)} />}
      <Thumbs message={message} />
      <IconButton icon="fork" label={t('answer.fork')} onClick={() => void forkFrom(message)} />
    </div>
  );
}

/** '2 / 3' with arrows; nothing where there is one branch only. */
export function Branches({ message }: { message: Message }): ReactNode {
  const { index, count, ids } = message.siblings;
  if (count < 2) return null;
  const go = (to: number): void => {
    const id = ids[to - 1];
    if (id) void switchBranch(message.conversation_id, id);
  };
  return (
    <span className="inline-flex items-center text-[0.8125rem] text-muted tabular-nums" data-testid="branches">
      <IconButton icon="left" label={t('branch.previous')} disabled={index <= 1} onClick={() => go(index - 1)} />
      <span aria-label={t('branch.position', { index, count })} role="img">{index} / {count}</span>
      <IconButton icon="right" label={t('branch.next')} disabled={index >= count} onClick={() => go(index + 1)} />
    </span>
  );
}

export function CopyMessage({ message }: { message: Message }): ReactNode {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await copyText(textOf(message));
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  return <IconButton icon={copied ? 'check' : 'copy'} label={copied ? t('copied') : t('message.copy')} onClick={() => void copy()} />;
}

function Thumbs({ message }: { message: Message }): ReactNode {
  const look = (value: Feedback): string => (message.feedback === value ? 'text-accent!' : '');
  return (
    <>
      <IconButton icon="up" label={t('answer.good')} aria-pressed={message.feedback === 1} className={look(1)} onClick={() => void rate(message, 1)} />
      <IconButton icon="thumbDown" label={t('answer.bad')} aria-pressed={message.feedback === -1} className={look(-1)} onClick={() => void rate(message, -1)} />
    </>
  );
}
