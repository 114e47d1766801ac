/** A target of which no law can be asked. */
export class TargetUnusable extends Error {
  readonly code = 'TARGET_UNUSABLE';
  readonly next: string;
  constructor(message: string, next: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TargetUnusable';
    this.next = next;
  }
}
