import type { LittleBranch } from './little-branch.ts';
import { ceremony, granted, serialText } from './little-branch.ts';
import type { LittleSerialToken } from './little-serial-token.ts';

/** A fob of stock with a seed that nobody uses yet. */
export async function provisionedFob(branch: LittleBranch): Promise<LittleSerialToken> {
  const token = await branch.stockToken('fob');
  granted(await ceremony(branch, branch.staff, { token, task: { operation: 'provision' } }));
  return token;
}

/** An optical token bound to the customer, before its pairing. */
export async function boundOtc(branch: LittleBranch, customerId: string): Promise<LittleSerialToken> {
  const token = await branch.stockToken('otc');
  const serial = serialText(token.serial);
  const requestId = await branch.approved({ operation: 'bind', serial, customerId, reason: 'new' });
  granted(await ceremony(branch, branch.staff, { token, task: { operation: 'bind', requestId } }));
  return token;
}
