import type { Screen } from '../core/device.ts';
import { fobScreenText } from '../core/fob/index.ts';
import { otcScreenText } from '../core/otc/index.ts';

/**
 * A screen as lines of text, in English: at most 4 of 20 characters for an OTC token; for a fob the 8 characters of its
 * display and a line for its icons. A device that is off or dark shows no lines.
 */
export function renderScreenText(screen: Screen): readonly string[] {
  return screen.id.startsWith('fob.') ? fobScreenText(screen) : (otcScreenText(screen) ?? [screen.id]);
}
