import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { ControlClient } from '@chiavetta/firmware-sim/adapters/control';
import type { CeremonyOutcome, DeviceEvent, SerialOperation } from '@chiavetta/provisioning';
import type { AuditVerdict } from '@chiavetta/validator';
import {
  nodeCryptography,
  provisioning,
  provisioningServers,
  serialPorts,
  sqliteStores,
  tokenControl,
} from '../compose.ts';

/** One operation on the token at a path, through the validator at a URL, as the operator whose session it is. */
export type ProvisionJob = {
  readonly url: string;
  readonly bearer: string;
  readonly path: string;
  readonly operation: SerialOperation;
  readonly requestId?: string;
  readonly expectedSerial?: string;
  readonly signal: AbortSignal;
  readonly onEvent: (event: DeviceEvent) => void;
};

/** The real parts that the demo puts together. */
export interface DemoParts {
  /** How this program is started: the command, and the words before those of a person. */
  readonly program: readonly [command: string, ...first: string[]];
  readonly controlClient: (socketPath: string) => Promise<ControlClient>;
  /** The branch tool's own ceremony over a serial port. */
  readonly provision: (job: ProvisionJob) => Promise<CeremonyOutcome>;
  /** Verifies the audit log of a closed store; the key is that of its checkpoints. */
  readonly verifyAudit: (job: {
    readonly file: string;
    readonly witnessFile: string;
    readonly keyFile: string;
  }) => Promise<AuditVerdict>;
}

/** The parts of this machine. */
export async function demoParts(): Promise<DemoParts> {
  const { controlClient } = await tokenControl();
  const { provisionDevice, systemTimer } = await provisioning();
  const { nodeSerialPorts } = await serialPorts();
  const { httpProvisioningServer } = await provisioningServers();
  return {
    program: [process.execPath, fileURLToPath(new URL('../main.js', import.meta.url))],
    controlClient,
    provision: ({ url, bearer, signal, ...job }) =>
      provisionDevice({
        ...{ ...job, ports: nodeSerialPorts, timer: systemTimer, signal, firstSeq: randomInt(0, 256) },
        server: httpProvisioningServer({ url, bearer, signal }),
      }),
    verifyAudit: async ({ keyFile, ...job }) => {
      const { verifySqliteAudit } = await sqliteStores();
      const { nodeCrypto } = await nodeCryptography();
      const publicKey = nodeCrypto.ed25519PublicKey(new Uint8Array(await readFile(keyFile)));
      return verifySqliteAudit({ ...job, publicKey, crypto: nodeCrypto });
    },
  };
}
