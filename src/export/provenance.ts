/**
 * Where figures are from, for the files that can hold it besides their rows. Facts of the data alone: two runs that
 * found the same write the same bytes, so the run and its clock stand in the manifest only.
 */

/** Names as in the manifest, in the order in which they are shown. */
export type Provenance = Readonly<Record<string, string | number>>;
