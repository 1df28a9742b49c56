/** Whom a firm's free agents are given by themselves [0040]. Visitors found by campaigns that call at once always are. */
export interface AutomaticCalls {
  /**
   * `progressive`: one number is dialled for each agent who is free. `predictive`: more than that, as many as can be expected to find
   * an agent when they answer, within the law's limit.
   */
  readonly mode: "off" | "progressive" | "predictive";
  /** By whose law numbers are dialled predictively: ISO 3166-1 alpha-2. Those of other countries never are. */
  readonly jurisdiction?: string;
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
