import type { CommandSpec } from '../command.ts';
import { simCommands } from './sim.ts';

/** What developers and testers do: tokens, traces, the customer's side, pictures and codes. */
export const developCommands: readonly CommandSpec[] = [...simCommands];
