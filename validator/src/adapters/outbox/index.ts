export type { ComposeError } from './compose-mail.ts';
export type { Delivery } from './deliver-to-folder.ts';
export { deliverToFolder } from './deliver-to-folder.ts';
export { NEVER_ASKED } from './mail-texts.ts';
