import type { CommandSpec } from '../command.ts';
import { matrixCommands } from './matrix.ts';
import { otpCommands } from './otp.ts';
import { portalCommands } from './portal.ts';
import { qaCommands } from './qa.ts';
import { simCommands } from './sim.ts';
import { traceCommands } from './trace.ts';

/** What developers and testers do: tokens, traces, the customer's side, pictures and codes. */
export const developCommands: readonly CommandSpec[] = [
  ...simCommands,
  ...traceCommands,
  ...portalCommands,
  ...matrixCommands,
  ...otpCommands,
  ...qaCommands,
];
