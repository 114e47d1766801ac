import type { CommandSpec } from '../command.ts';

/** Every command, in the order of the help. */
export const allCommands: readonly CommandSpec[] = [];
