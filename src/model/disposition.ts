/** How a contact ended, in the agent's words; the flags are what reports and the dialler read. */
export interface Disposition {
  readonly code: string;
  readonly label: string;
  readonly humanAnswered: boolean;
  readonly sale: boolean;
  readonly dnc: boolean;
  readonly callback: boolean;
  readonly completed: boolean;
}

const NOTHING = {
  humanAnswered: false,
  sale: false,
  dnc: false,
  callback: false,
  completed: false,
};

/** The dispositions every firm starts with. */
export const dispositions: readonly Disposition[] = [
  {
    ...NOTHING,
    code: "sale",
    label: "Sale",
    humanAnswered: true,
    sale: true,
    completed: true,
  },
  { ...NOTHING, code: "helped", label: "Helped", humanAnswered: true, completed: true },
  {
    ...NOTHING,
    code: "not_interested",
    label: "Not interested",
    humanAnswered: true,
    completed: true,
  },
  { ...NOTHING, code: "call_again", label: "Call again", humanAnswered: true, callback: true },
  { ...NOTHING, code: "not_reached", label: "Not reached", callback: true },
  {
    ...NOTHING,
    code: "do_not_call",
    label: "Do not call again",
    humanAnswered: true,
    dnc: true,
    completed: true,
  },
];
