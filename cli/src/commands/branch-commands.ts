import type { CommandSpec } from '../command.ts';
import { customerCommands } from './customer.ts';
import { deviceCommands } from './device.ts';
import { operatorCommands } from './operator.ts';
import { requestCommands } from './request.ts';
import { stockCommands } from './stock.ts';
import { tokenCommands } from './token.ts';

/** What a branch does with devices, customers and requests. */
export const branchCommands: readonly CommandSpec[] = [
  ...deviceCommands,
  ...tokenCommands,
  ...customerCommands,
  ...stockCommands,
  ...requestCommands,
  ...operatorCommands,
];
