import { branchCommandTexts } from './branch-commands.ts';
import { developCommandTexts } from './develop-commands.ts';

/** One line a command: what it does for whom. */
export const commandTexts: Readonly<Record<string, string>> = {
  ...branchCommandTexts,
  ...developCommandTexts,
  demo: 'The whole main job on this machine: two tokens, provisioning, pairing, logins, blocks and recovery',
  doctor: 'Looks at this machine and says what is missing',
};
