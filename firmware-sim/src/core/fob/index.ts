export type { FobFirmware } from './fob.ts';
export { fobFirmware, fobScreen } from './fob.ts';
export { emptySeedRecords, FOB_FLASH } from './fob-records.ts';
export { FOB_DISPLAY_CHARACTERS, fobScreenText } from './fob-screen-text.ts';
export { FOB_CAPABILITIES } from './fob-serial.ts';
export type { FobState } from './fob-state.ts';
export { fobOff } from './fob-state.ts';
