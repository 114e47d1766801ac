import type { CommandSpec } from '../command.ts';
import { branchCommands } from './branch-commands.ts';
import { demoCommand } from './demo.ts';
import { developCommands } from './develop-commands.ts';
import { operateCommands } from './operate-commands.ts';

/** Every command, in the order of the help. */
export const allCommands: readonly CommandSpec[] = [
  demoCommand,
  ...branchCommands,
  ...developCommands,
  ...operateCommands,
];
