/** An order or an answer that was not carried out, and why: an expected outcome, so a value. */
export interface Refusal {
  readonly refused: true;
  readonly status: 400 | 401 | 403 | 404 | 409 | 429;
  readonly code: string;
  readonly message: string;
}

export type Outcome<Answer extends object> = Answer | Refusal;

const STATUS = {
  bad_order: 400,
  log_in: 401,
  forbidden: 403,
  not_found: 404,
  too_late: 409,
  busy: 409,
  switch_down: 409,
  not_called: 409,
  unsupported: 409,
  too_many: 429,
} as const;

export function refuse(code: keyof typeof STATUS, message: string): Refusal {
  return { refused: true, status: STATUS[code], code, message };
}

export function isRefusal(outcome: object): outcome is Refusal {
  return "refused" in outcome;
}
