import type { ProvisioningServer, ServerAnswer } from '@chiavetta/provisioning';
import { isOperatorErrorId, ProvisioningFailure } from '@chiavetta/provisioning';
import type { Actor, SerialAnswer, StaffAnswer, StaffServices } from '@chiavetta/validator/staff';

/** The validator as the branch PC reaches it, without a network in between. */
export interface BranchServer {
  readonly server: ProvisioningServer;
  /** The process is a new one: what it had in memory is gone. */
  readonly restart: () => void;
  readonly answerCount: () => number;
}

/** What a test does at each answer, after the validator has made it: `lost` means that the PC does not get it. */
export type AnswerHook = (answer: ServerAnswer, number: number) => Promise<'given' | 'lost'>;

const DOWN = new ProvisioningFailure({ id: 'SERVER_DOWN', fields: { url: 'the validator' } });

export function branchServer(options: {
  readonly services: () => StaffServices;
  readonly actor: Actor;
  readonly onAnswer: AnswerHook;
  /** Before each question and after each answer: where a PC may be killed. */
  readonly onDoing: () => Promise<void>;
}): BranchServer {
  const { actor, onAnswer, onDoing } = options;
  let staff = options.services();
  let answers = 0;
  const restart = (): void => {
    staff = options.services();
  };
  const ask = async (
    question: (services: StaffServices) => Promise<StaffAnswer<SerialAnswer>>,
  ): Promise<ServerAnswer> => {
    await onDoing();
    const answer = await question(staff).catch(() => {
      // The store failed under it: the process ends and is started again.
      restart();
      throw DOWN;
    });
    const given = answerOf(answer);
    answers += 1;
    if ((await onAnswer(given, answers)) === 'lost') throw DOWN;
    await onDoing();
    return given;
  };
  return {
    restart,
    answerCount: () => answers,
    server: {
      open: (request) => ask((services) => services.serial.start(actor, request)),
      frame: (sessionId, frame) => ask((services) => services.serial.frame(actor, { sessionId, frame })),
    },
  };
}

function answerOf(answer: StaffAnswer<SerialAnswer>): ServerAnswer {
  if (answer.ok) {
    const { result, frame, ...rest } = answer.value;
    return { ...rest, frame, ...(result === undefined ? {} : { result }) };
  }
  const { id, reason, fields } = answer.error;
  throw new ProvisioningFailure({
    id: isOperatorErrorId(id) ? id : 'SERVER_REFUSED',
    fields: { ...fields, reason },
  });
}
