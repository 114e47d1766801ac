/**
 * The one place where ports and adapters meet. Each adapter is loaded when a command first needs it, so that starting
 * the program stays light and no native code is loaded for a help text.
 */

/** Runs a virtual token in this process. */
export async function tokenProcesses(): Promise<
  typeof import('@chiavetta/firmware-sim/adapters/token-process')
> {
  return await import('@chiavetta/firmware-sim/adapters/token-process');
}

/** Talks to virtual tokens that run. */
export async function tokenControl(): Promise<typeof import('@chiavetta/firmware-sim/adapters/control')> {
  return await import('@chiavetta/firmware-sim/adapters/control');
}

/** Tells a missing pseudo-terminal from other failures. */
export async function pseudoTerminals(): Promise<typeof import('@chiavetta/firmware-sim/adapters/pty')> {
  return await import('@chiavetta/firmware-sim/adapters/pty');
}

/** The serial ports of this machine: loads the native binding. */
export async function serialPorts(): Promise<typeof import('@chiavetta/provisioning/node-serial')> {
  return await import('@chiavetta/provisioning/node-serial');
}

/** The ceremony with a token at a port. */
export async function provisioning(): Promise<typeof import('@chiavetta/provisioning')> {
  return await import('@chiavetta/provisioning');
}

/** The validator as the ceremony sees it. */
export async function provisioningServers(): Promise<typeof import('@chiavetta/provisioning/http-server')> {
  return await import('@chiavetta/provisioning/http-server');
}

/** The validator itself, with its store and its HTTP server. */
export async function validators(): Promise<typeof import('@chiavetta/validator/http')> {
  return await import('@chiavetta/validator/http');
}

/** Files of a validator's store: loads the native binding. */
export async function sqliteStores(): Promise<typeof import('@chiavetta/validator/sqlite')> {
  return await import('@chiavetta/validator/sqlite');
}

/** The cryptography of Node behind the port. */
export async function nodeCryptography(): Promise<typeof import('@chiavetta/validator/node-crypto')> {
  return await import('@chiavetta/validator/node-crypto');
}

/** The formats of the audit log: pure, and loaded late all the same. */
export async function auditFormats(): Promise<typeof import('@chiavetta/validator')> {
  return await import('@chiavetta/validator');
}

/** The laws of the QA kit, and its targets. */
export async function qaKit(): Promise<typeof import('@chiavetta/qa/kit')> {
  return await import('@chiavetta/qa/kit');
}
