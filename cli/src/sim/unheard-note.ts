import type { ControlResult } from '@chiavetta/firmware-sim/adapters/control';
import type { Catalogue } from '../i18n/catalogue.ts';

/** Why an order did nothing, and what to do; `undefined` where the token heard it. */
export function unheardNote(
  { texts }: Pick<Catalogue, 'texts'>,
  { unheard, info }: Pick<ControlResult, 'unheard' | 'info'>,
): string | undefined {
  if (unheard === 'busy') return texts['sim.busy'];
  if (unheard === 'off') return texts[info.kind === 'otc' ? 'sim.off' : 'sim.no_battery'];
  return undefined;
}
