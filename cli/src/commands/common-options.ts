import type { OptionSpec } from '../command.ts';

/** Which validator. */
export const SERVER_OPTION: OptionSpec = { flags: '--server <url>' };

/** Which device on which line; one of them is enough, and none is where only one device is connected. */
export const DEVICE_OPTIONS: readonly OptionSpec[] = [
  { flags: '--port <path>' },
  { flags: '--serial <serial>' },
  { flags: '--token <name>' },
];

/** Stands in the audit log. */
export const REASON_OPTION: OptionSpec = { flags: '--reason <text>' };
