export type { Actor, StaffAnswer, StaffRefusal, StaffRefusalId } from '../../core/staff/staff-answer.ts';
export type {
  SerialAnswer,
  SerialResult,
  StaffPorts,
  StaffServices,
} from './staff-services.ts';
export { staffServices } from './staff-services.ts';
