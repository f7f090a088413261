/** The texts of this place: loaded with it. */
import { enConfiguration } from '@/i18n/en-configuration';
import { texts } from '@/i18n/t';

export const tg = texts(enConfiguration);
