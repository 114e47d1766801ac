import type { CommandSpec } from '../command.ts';
import { auditCommands } from './audit.ts';
import { configCommands } from './config.ts';
import { doctorCommand } from './doctor.ts';
import { errorCommand } from './error.ts';
import { serveCommand } from './serve.ts';
import { storeCommands } from './store.ts';

/** What whoever runs the validator does, and what looks at this machine. */
export const operateCommands: readonly CommandSpec[] = [
  doctorCommand,
  serveCommand,
  ...storeCommands,
  ...auditCommands,
  ...configCommands,
  errorCommand,
];
