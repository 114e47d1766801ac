import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { ControlClient } from '@chiavetta/firmware-sim/adapters/control';
import type {
  CeremonyOutcome,
  DeviceEvent,
  ProvisioningServer,
  SerialOperation,
  ServerAnswer,
  ServerPhase,
} from '@chiavetta/provisioning';
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
  /** Called when an answer of the validator has come to the branch PC and has not yet gone on to the token. */
  readonly beforeToken?: (phase: ServerPhase) => Promise<void>;
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

/** The server, with a stop after each of its answers. */
export function withStops(
  server: ProvisioningServer,
  beforeToken: ProvisionJob['beforeToken'],
): ProvisioningServer {
  if (beforeToken === undefined) return server;
  const stop = async (answering: Promise<ServerAnswer>): Promise<ServerAnswer> => {
    const answer = await answering;
    await beforeToken(answer.phase);
    return answer;
  };
  return {
    open: (request) => stop(server.open(request)),
    frame: (sessionId, frame) => stop(server.frame(sessionId, frame)),
  };
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
    provision: ({ url, bearer, signal, beforeToken, ...job }) =>
      provisionDevice({
        ...{ ...job, ports: nodeSerialPorts, timer: systemTimer, signal, firstSeq: randomInt(0, 256) },
        server: withStops(httpProvisioningServer({ url, bearer, signal }), beforeToken),
      }),
    verifyAudit: async ({ keyFile, ...job }) => {
      const { verifySqliteAudit } = await sqliteStores();
      const { nodeCrypto } = await nodeCryptography();
      const publicKey = nodeCrypto.ed25519PublicKey(new Uint8Array(await readFile(keyFile)));
      return verifySqliteAudit({ ...job, publicKey, crypto: nodeCrypto });
    },
  };
}
