/** Tells the engine something; its answer is asked for as JSON. A form says its type itself. */
export function post(url: string, body: object): Promise<Response> {
  const form = body instanceof URLSearchParams;
  return fetch(url, {
    method: "POST",
    headers: { accept: "application/json", ...(!form && { "content-type": "application/json" }) },
    body: form ? body : JSON.stringify(body),
  });
}
