import type { VirtualToken } from '@chiavetta/firmware-sim';
import type { CeremonyOutcome, ProvisioningServer, SerialPorts } from '@chiavetta/provisioning';
import { provisionDevice } from '@chiavetta/provisioning';
import type { Actor, StaffServices } from '@chiavetta/validator/staff';
import { staffServices } from '@chiavetta/validator/staff';
import type { LittleBank } from '@chiavetta/validator/testing';
import { littleBank } from '@chiavetta/validator/testing';
import { BANK_KEYS, BANK_START_MS } from './bank-keys.ts';
import type { BranchServer } from './branch-server.ts';
import { branchServer } from './branch-server.ts';
import type { StoreHistory } from './changes-store.ts';
import { changesStore } from './changes-store.ts';
import type { CutLine } from './cut-line.ts';
import { cutLine } from './cut-line.ts';
import { finishAtCommit, HeldBackFlash } from './planted-bugs.ts';
import { quickCrypto } from './quick-crypto.ts';
import type { Plan, RunCounts, Scene } from './scene.ts';
import { asksForOk, deviceOf, sayOk } from './virtual-device.ts';
import type { TimerOwner, VirtualTime } from './virtual-time.ts';
import { virtualTime } from './virtual-time.ts';

export const CLERK: Actor = { name: 'clerk', role: 'clerk', operatorId: 1 };
export const SUPERVISOR: Actor = { name: 'supervisor', role: 'supervisor', operatorId: 2 };
/** The program itself, which adds the first two. */
export const FIRST_START: Actor = { name: 'first start', role: 'supervisor', operatorId: 0 };

/** How long a person takes to say OK, and to plug a token in again. */
const PERSON_MS = 800;
const REPLUG_MS = 1_500;

const WORLD: TimerOwner = { name: 'world' };

/** Where a world's faults are looked at: the cable is out, or the PC dead, and everybody has come to rest. */
export type AtRest = (world: World) => Promise<void>;

/**
 * A token, a cable, a branch PC and a bank in one process and in virtual time. Everything is real but the cable, the
 * clock, and the HTTP between PC and validator.
 */
export class World {
  readonly scene: Scene;
  readonly plan: Plan;
  readonly bank: LittleBank;
  readonly time: VirtualTime;
  readonly line: CutLine;
  readonly branch: BranchServer;
  readonly history: () => StoreHistory;
  token: VirtualToken;
  readonly #atRest: AtRest;
  readonly #heldBack: HeldBackFlash | undefined;
  readonly #opsBefore: number;
  #pc: TimerOwner = { name: 'pc' };
  #isKilled = false;
  #doings = 0;
  #storeOperations = 0;
  #isArmed = false;

  private constructor(parts: {
    readonly scene: Scene;
    readonly plan: Plan;
    readonly atRest: AtRest;
    readonly bankOf: (world: World) => LittleBank;
    readonly history: () => StoreHistory;
  }) {
    const { scene, plan } = parts;
    this.scene = scene;
    this.plan = plan;
    this.history = parts.history;
    this.#atRest = parts.atRest;
    this.bank = parts.bankOf(this);
    this.bank.clock.set(scene.nowMs);
    this.time = virtualTime(0, (ms) => {
      this.bank.clock.advance(ms);
      this.token.advance(ms);
    });
    this.token = deviceOf(scene.made, `${scene.name} ${scene.seed}`);
    this.#heldBack =
      plan.bug === 'token says DONE before it has written' ? new HeldBackFlash(scene.made.image) : undefined;
    this.#opsBefore = this.token.faults.opCount();
    this.line = cutLine({
      cutsAfter: plan.cutsAfter ?? [],
      onCut: () => this.#unplugged(),
      onChunk: () => this.#doing(),
    });
    this.#wireToken();
    this.branch = branchServer({
      services: () => this.staff(),
      actor: CLERK,
      onAnswer: async (answer, number) => {
        if (plan.bug === 'validator finishes at COMMIT' && answer.phase === 'commit') {
          await finishAtCommit(this.bank, this.serial());
        }
        const restart = this.#isArmed ? plan.restartAfter : undefined;
        if (restart?.answer !== number) return 'given';
        this.branch.restart();
        return restart.isAnswerLost ? 'lost' : 'given';
      },
      onDoing: async () => {
        if (this.#doing()) await new Promise(() => undefined);
      },
    });
  }

  static async open(scene: Scene, plan: Plan, atRest: AtRest): Promise<World> {
    let world: World | undefined;
    const changes = await changesStore({
      history: scene.history,
      nowMs: () => world?.bank.clock.nowMs() ?? BANK_START_MS,
      fault: () => world?.storeFault() ?? 'none',
    });
    world = new World({
      scene,
      plan,
      atRest,
      history: changes.history,
      bankOf: () =>
        littleBank({ seed: scene.seed, crypto: quickCrypto, store: changes.store, keys: BANK_KEYS }),
    });
    return world;
  }

  staff(): StaffServices {
    return staffServices(this.bank.ports);
  }

  serial(): string {
    return this.scene.made.serial.toString().padStart(12, '0');
  }

  /** The operation, by one ceremony: over cable pulls, but not over the death of the PC. */
  async ceremony(
    parts: { readonly ports?: SerialPorts; readonly server?: ProvisioningServer } = {},
  ): Promise<CeremonyOutcome | 'killed'> {
    const { scene, plan } = this;
    if (!this.line.isPlugged()) this.#replug();
    const work = provisionDevice({
      ports: parts.ports ?? this.line.ports,
      server: parts.server ?? this.branch.server,
      timer: this.time.timerOf(this.#pc),
      firstSeq: 17,
      path: '/dev/ttyUSB0',
      signal: new AbortController().signal,
      ...scene.task,
      ...(plan.frameLimitBytes === undefined ? {} : { frameLimitBytes: plan.frameLimitBytes }),
    });
    const outcome = await this.time.until(work, () => this.#isKilled);
    if (outcome !== undefined) return outcome;
    await this.#buryPc();
    return 'killed';
  }

  /** Lets time pass, and whatever comes with it. */
  async wait(ms: number): Promise<void> {
    const passed = new Promise<void>((resolve) => {
      this.time.timerOf(WORLD).after(ms, resolve);
    });
    await this.time.until(passed);
  }

  /** Faults of the plan count from here. */
  arm(): void {
    this.rearm();
    const { flashCut } = this.plan;
    if (flashCut === undefined) return;
    this.token.faults.cutAt({
      opNumber: this.token.faults.opCount() + flashCut.at,
      moment: flashCut.moment,
    });
  }

  /** Goes on counting. */
  rearm(): void {
    this.#isArmed = true;
  }

  /** What is looked at afterwards is not to be disturbed. */
  disarm(): void {
    this.#isArmed = false;
  }

  counts(): RunCounts {
    return {
      bytes: this.line.byteCount(),
      doings: this.#doings,
      storeOperations: this.#storeOperations,
      answers: this.branch.answerCount(),
      flashOperations: this.token.faults.opCount() - this.#opsBefore,
    };
  }

  storeFault(): 'none' | 'fail_before' | 'fail_after' {
    if (!this.#isArmed) return 'none';
    this.#storeOperations += 1;
    const { storeFault } = this.plan;
    return storeFault?.at === this.#storeOperations ? storeFault.moment : 'none';
  }

  /** Another token in the cradle, or the same one again. */
  plugIn(token: VirtualToken): void {
    this.token = token;
    this.#wireToken();
  }

  #wireToken(): void {
    const { token } = this;
    this.line.plug(token);
    this.#heldBack?.watch(token);
    let isPersonComing = false;
    token.onScreen(() => {
      if (isPersonComing || !asksForOk(token)) return;
      isPersonComing = true;
      this.time.timerOf(WORLD).after(PERSON_MS, () => {
        isPersonComing = false;
        if (asksForOk(token)) sayOk(token);
      });
    });
  }

  /** One more thing that the PC did; true when it dies of it. */
  #doing(): boolean {
    if (!this.#isArmed || this.#isKilled) return this.#isKilled;
    this.#doings += 1;
    if (this.plan.killAt !== this.#doings) return false;
    this.#isKilled = true;
    this.line.abandon();
    return true;
  }

  async #buryPc(): Promise<void> {
    this.time.forget(this.#pc);
    this.#pc = { name: 'next pc' };
    this.line.unplug();
    await this.#losePower();
    await this.#looked();
    this.#isKilled = false;
  }

  #unplugged(): void {
    // The person looks at the token, finds the cable out, and plugs it in again.
    this.time.timerOf(WORLD).after(REPLUG_MS, () => {
      void this.#losePower()
        .then(() => this.#looked())
        .then(() => this.#replug());
    });
  }

  async #looked(): Promise<void> {
    const wasArmed = this.#isArmed;
    this.#isArmed = false;
    await this.#atRest(this);
    this.#isArmed = wasArmed;
  }

  async #losePower(): Promise<void> {
    if (this.plan.power === 'kept') return;
    this.token.power('cut');
    if (this.#heldBack === undefined) return;
    this.plugIn(deviceOf({ ...this.scene.made, image: this.#heldBack.afterPowerLoss() }, 'after power loss'));
    this.line.unplug();
  }

  #replug(): void {
    this.line.plug(this.token);
  }
}
