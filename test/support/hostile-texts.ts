// In: a count. Out: that many texts that break readers of files or run in spreadsheets, the same ones each time: every
// way that we know to begin a formula, with every way to hide its beginning, among signs that take cells apart.

const BEFORE = [
  ["", "", "", " ", "  ", "\t", "\r", "\n", "\r\n", "'", '"', "''", "\"'", '""', "\u00a0", "\u200b", "\u202e"],
  ["\ufeff", "\u3000", "\u2003", "\u0001", "\u001f", "\u007f", "a", ",", ";", "|", "\\", "x;", 'y",', "z\t", "0"],
].flat();
const BEGIN = ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\u2212", "==", "-=", "+-@", "", ""];
const BODY = [
  ["1+1", "SUM(A1:A9)", "cmd|' /C calc'!A0", 'HYPERLINK("http://127.0.0.1/x","y")', "A1", "1", "-1", "0017"],
  ["12345678901234567890", "1e5", "1E+05", "1,5", "1.5", "2024-03-01", "12:30", "TRUE", "FALSE", "NULL", "\\N", "#N/A"],
  [
    'DDE("cmd";"/C calc";"x")',
    'WEBSERVICE("http://127.0.0.1")',
    "Sales",
    "été",
    "😀 e\u0301",
    "\u0645\u0631\u062d\u0628\u0627",
  ],
  ['quote " quote', "'apostrophe'", "comma, comma", "semi; colon", "tab\ttab", "line\nline", "line\r\nline", "cr\rcr"],
  ["12 Mar", "€ 5", "5%", "(5)", "3/4", "x".repeat(300), "-", "", " ", "<b>&amp;</b>", "]]>", "_x0041_", "\u0008"],
].flat();
const AFTER = ["", "", "", " ", "\t", "\n", '"', "'", ",", ";", '";', "\\", "\r", ")", "|"];

/** `count` texts, at most one of them empty by chance; none holds NUL, which CSV writes as a replacement sign. */
export function hostileTexts(count: number): string[] {
  let state = 0x9e3779b9;
  const next = (below: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
  const pick = (texts: readonly string[]): string => texts[next(texts.length)] ?? "";
  return Array.from({ length: count }, () => pick(BEFORE) + pick(BEGIN) + pick(BODY) + pick(AFTER));
}
