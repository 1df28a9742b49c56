import { TOKEN, VALUE } from "../http1/names.ts";

/** What a field is to a request. `bad`: a message with it is malformed. */
export type FieldKind =
  | "bad"
  | "line"
  | "te"
  | "host"
  | "length"
  | "cookie"
  | ":method"
  | ":scheme"
  | ":path"
  | ":authority"
  | ":protocol";

/** Fields of one HTTP/1.1 connection (RFC 9113, section 8.2.2). */
const OF_CONNECTION = new Set([
  "connection",
  "proxy-connection",
  "keep-alive",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
]);

/** A field of a request, looked at once, however often it comes again by its number in a table. */
export class Field {
  readonly name: string;
  readonly value: string;
  /** Bytes, as tables and limits count them (RFC 7541, section 4.1). */
  readonly size: number;
  #kind: FieldKind | undefined;
  #line: string | undefined;

  constructor(name: string, value: string) {
    this.name = name;
    this.value = value;
    this.size = name.length + value.length + 32;
  }

  get kind(): FieldKind {
    return (this.#kind ??= kindOf(this.name, this.value));
  }

  /** As HTTP/1.1 has it. */
  get line(): string {
    return (this.#line ??= `${this.name}: ${this.value}\r\n`);
  }
}

function kindOf(name: string, value: string): FieldKind {
  if (!isValue(value)) return "bad";
  switch (name) {
    case ":method":
      return isToken(value) ? name : "bad";
    case ":scheme":
      return value === "https" ? name : "bad";
    case ":path":
      return /[ \t#]/.test(value) || !(value.startsWith("/") || value === "*") ? "bad" : name;
    case ":authority":
      return isAuthority(value) ? name : "bad";
    case ":protocol":
      return name;
    case "te":
      return value.toLowerCase() === "trailers" ? name : "bad";
    case "host":
    case "cookie":
      return name;
    case "content-length":
      return /^\d{1,15}$/.test(value) ? "length" : "bad";
    default:
      return isName(name) && !OF_CONNECTION.has(name) ? "line" : "bad";
  }
}

/** A host, perhaps with a port (RFC 9113, section 8.3.1). */
export function isAuthority(text: string): boolean {
  return /^[^\s/?#@,]+$/.test(text);
}

/** A token in lower case (RFC 9113, section 8.2.1). */
function isName(name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code > 255 || TOKEN[code] !== code) return false;
  }
  return name !== "";
}

function isValue(value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code > 255 || VALUE[code] !== 1) return false;
  }
  return value.trim().length === value.length;
}

function isToken(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 255 || TOKEN[code] === 0) return false;
  }
  return text !== "";
}
