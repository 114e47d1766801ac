export { fobFirmware } from './fob.ts';
export { emptySeedRecords, FOB_FLASH } from './fob-records.ts';
export { fobScreenText } from './fob-screen-text.ts';
export type { FobState } from './fob-state.ts';
export { fobOff } from './fob-state.ts';
