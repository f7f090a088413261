/** The texts of the place to search. */
import { enSearch } from '@/i18n/en-search';
import { texts } from '@/i18n/t';

export const ts = texts(enSearch);
