/** The texts of this place: loaded with it. */
import { enPrivacy } from '@/i18n/en-privacy';
import { texts } from '@/i18n/t';

export const tv = texts(enPrivacy);
