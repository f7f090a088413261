/** The texts of this place: loaded with it. */
import { enJobs } from '@/i18n/en-jobs';
import { texts } from '@/i18n/t';

export const tj = texts(enJobs);
