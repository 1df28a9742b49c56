/** What a site's rules notice, with no code on the site [SPEC E9]: where a request went, and what it and its answer said. */

/** Where a value stands. */
export type NoticeSource =
  /** A parameter of the query. */
  | { readonly query: string }
  /** A named part of the path. */
  | { readonly path: string }
  /** A field of the form that was sent. */
  | { readonly form: string }
  /** A cookie that the answer sets. */
  | { readonly cookie: string }
  /** The value itself. */
  | { readonly text: string };

export interface NoticeRule {
  /** Method, if it is not GET, and path: `POST /login`, `/thanks/{order}`, `/index.php?step=thanks`. */
  readonly at: string;
  /** Statuses that say that it worked; without any, those of success and redirection. */
  readonly status: readonly number[];
  /** A cookie that the answer must set. */
  readonly setsCookie?: string;
  /** Name of the milestone. */
  readonly event?: string;
  readonly purchase?: {
    readonly amount?: NoticeSource;
    /** How the site writes amounts (BCP 47); without one as programs do, `1234.50`. */
    readonly locale?: string;
    readonly currency?: NoticeSource;
    /** The page counts only with its order number. */
    readonly order?: NoticeSource;
  };
  readonly login?: NoticeSource;
  readonly name?: NoticeSource;
  readonly number?: NoticeSource;
  readonly mail?: NoticeSource;
}
