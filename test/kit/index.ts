export type { Law, LawAnswer, LawFailure, Question, Tally } from './law.ts';
export { LAWS } from './laws.ts';
export type { ReferenceModel } from './reference-model.ts';
export { explain, FRESH_MODEL } from './reference-model.ts';
export type { LawReport, RunReport } from './report.ts';
export { lawLines, lawsHeld, reportHtml, reportLines } from './report.ts';
export type { RunOptions } from './run-laws.ts';
export { replayLaw, runLaws } from './run-laws.ts';
export type {
  CodeReply,
  LawId,
  LoginPage,
  Subject,
  SubjectActs,
  Target,
  TargetOptions,
  TypedCode,
} from './target.ts';
export { TargetUnusable } from './target-unusable.ts';
export type { BankDesk, Enrolled, Operator } from './targets/http-desk.ts';
export { devDesk } from './targets/http-desk.ts';
export type { InProcessOptions } from './targets/in-process.ts';
export { inProcessTarget } from './targets/in-process.ts';
export type { OpenOptions } from './targets/open-target.ts';
export { openTarget } from './targets/open-target.ts';
