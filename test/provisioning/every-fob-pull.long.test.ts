import { testEveryPull } from './every-pull.ts';
import { fobAgain, freshFob } from './scenes.ts';

await testEveryPull(await freshFob());
await testEveryPull(await freshFob(), { frameLimitBytes: 256 });
await testEveryPull(await fobAgain());
