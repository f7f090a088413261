/** The texts of the export of everything: loaded with it. */
import { enExport } from '@/i18n/en-export';
import { texts } from '@/i18n/t';

export const te = texts(enExport);
