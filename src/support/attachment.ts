/** How an answer says that it is to be saved, and under which name. */

/** A download name by RFC 6266: plain for old readers, UTF-8 (RFC 8187) for the others. */
export function attachment(name: string): string {
  const whole = name.toWellFormed();
  const encoded = encodeURIComponent(whole).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${whole.replaceAll(/[^A-Za-z0-9._-]/g, "_")}"; filename*=UTF-8''${encoded}`;
}
