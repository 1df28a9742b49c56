/** Whom a firm's free agents are given by themselves [0040]. Visitors found by campaigns that call at once always are. */
export interface AutomaticCalls {
  /** `progressive`: one number is dialled for each agent who is free. */
  readonly mode: "off" | "progressive";
  /** Callbacks that are due. */
  readonly callbacks: boolean;
  /** Visitors who wait to be called now. */
  readonly requests: boolean;
}

export const NO_AUTOMATIC_CALLS: AutomaticCalls = {
  mode: "off",
  callbacks: false,
  requests: false,
};
