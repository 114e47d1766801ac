import { testEveryPull } from './every-pull.ts';
import { otcInUse, otcToBind } from './scenes.ts';

await testEveryPull(await otcToBind());
await testEveryPull(await otcInUse('reset'));
await testEveryPull(await otcInUse('rekey'));
await testEveryPull(await otcInUse('unlock'));
