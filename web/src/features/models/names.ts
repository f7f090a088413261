/** Models by the names people read. */
import type { Model } from '@/api/types';
import { t } from '@/i18n/t';

/** The name of a model for people. */
export function nameOf(model: Model): string {
  return model.provider === 'builtin' ? t('model.builtin') : model.name;
}

/** A reference for people: the model's name where it is here, else as it is. */
export function nameOfRef(ref: string, models: readonly Model[] | undefined): string {
  const model = models?.find((one) => one.ref === ref);
  return model ? nameOf(model) : ref;
}
