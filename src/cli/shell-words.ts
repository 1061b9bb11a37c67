/** Command lines for people to paste. */

/** The words as a shell takes them back: `callsheet run calls --interval 'last 7 days'`. */
export function shellWords(words: readonly string[]): string {
  return words.map(shellWord).join(" ");
}

function shellWord(word: string): string {
  return /^[\w./:=,@+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
