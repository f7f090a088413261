/** The texts of imports: loaded with them. */
import { enImports } from '@/i18n/en-imports';
import { texts } from '@/i18n/t';

export const ti = texts(enImports);
