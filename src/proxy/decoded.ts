/** Text out of a URL, a form or a cookie: per cent and, in forms, plus. What is not UTF-8 stays as it is. */
export function decoded(text: string, form = false): string {
  const spaced = form ? text.replaceAll("+", " ") : text;
  if (!spaced.includes("%")) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}
