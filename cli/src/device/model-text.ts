import { MODEL_FOB, MODEL_OTC } from '@chiavetta/protocol/keys';

/** What kind of device a model number is. */
export function modelText(model: number): string {
  const names = new Map([
    [MODEL_FOB, 'fob'],
    [MODEL_OTC, 'otc'],
  ]);
  return names.get(model) ?? `unknown model ${model}`;
}

/** A firmware number as people write it: its upper three bytes with dots. */
export function firmwareText(firmware: number): string {
  return [24, 16, 8].map((shift) => (firmware >>> shift) & 0xff).join('.');
}
