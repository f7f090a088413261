/** What is said of backups. */
import type { Backup, BackupWork } from '@/api/backups';
import { tb } from '@/features/backup/texts';
import { readableSize } from '@/lib/bytes';
import { fullTime } from '@/lib/time';

/** What a backup holds, as a line of facts. */
export function facts(backup: Backup): string[] {
  const holds = backup.copy
    ? tb('backup.copyOnly', { revision: backup.revision ?? '?' })
    : backup.messages === null || backup.messages === undefined
      ? null
      : tb('backup.holds', { messages: backup.messages, files: backup.files ?? 0 });
  const missing = backup.missing ? tb('backup.missing', { n: backup.missing }) : null;
  return [readableSize(backup.size), holds, missing, backup.sealed ? tb('backup.sealed') : null].filter((one) => one !== null);
}

/** When it goes. */
export function expiry(backup: Backup): string {
  return backup.expires_at ? tb('backup.expires', { time: fullTime(backup.expires_at) }) : tb('backup.never');
}

/** What is being done now. */
export function phase(work: BackupWork): string {
  switch (work.says) {
    case 'copying': return tb('backup.copying');
    case 'writing': return tb('backup.writing');
    case 'reading': return tb('backup.reading');
    case 'checking': return tb('backup.checking');
    default: return tb('backup.waiting');
  }
}

/** How far that is, 0 to 1; null where nobody knows. */
export function share(work: BackupWork): number | null {
  return work.total_bytes && work.done_bytes > 0 ? Math.min(1, work.done_bytes / work.total_bytes) : null;
}
