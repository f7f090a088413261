/** The texts of backups: loaded with them. */
import { enBackup } from '@/i18n/en-backup';
import { texts } from '@/i18n/t';

export const tb = texts(enBackup);
