export { otcFactoryImage } from './factory-image.ts';
export { otcFirmware } from './otc.ts';
export { OTC_FLASH } from './otc-flash.ts';
export type { OtcState } from './otc-state.ts';
export { otcOff } from './otc-state.ts';
export { PIN_TRIES_MAX } from './pin-tries.ts';
export { otcScreenText } from './screen-text.ts';
