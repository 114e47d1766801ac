export type { Actor, StaffAnswer, StaffRefusal, StaffRefusalId } from '../../core/staff/staff-answer.ts';
export type {
  NewRequest,
  SerialAnswer,
  SerialResult,
  StaffPorts,
  StaffServices,
} from './staff-services.ts';
export { staffServices } from './staff-services.ts';
