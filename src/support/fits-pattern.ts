/**
 * Whether a text fits a pattern with `*` (any characters) and `?` (one), as policies write them. The patterns come from
 * other people: so it takes no longer than both lengths multiplied, whatever stands in them.
 */

/** The whole text must fit; upper and lower case differ. */
export function fitsPattern(pattern: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let retry = 0;
  for (let index = 0; index < text.length; ) {
    if (pattern[at] === "*") {
      star = at++;
      retry = index;
    } else if (pattern[at] === "?" || pattern[at] === text[index]) {
      at++;
      index++;
    } else if (star >= 0) {
      // The last star takes one character more.
      at = star + 1;
      index = ++retry;
    } else return false;
  }
  while (pattern[at] === "*") at++;
  return at === pattern.length;
}
