/** The texts of this place: loaded with it. */
import { enModels } from '@/i18n/en-models';
import { texts } from '@/i18n/t';

export const tm = texts(enModels);
