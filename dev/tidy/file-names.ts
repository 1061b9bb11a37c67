/** Files and folders are kebab-case (STYLE, section 2), so that a name is typed the way it is spoken. */
import type { Finding, SourceTree } from "./source-tree.ts";

/** Reports each file or folder whose name is not kebab-case. */
export function fileNames(tree: SourceTree): Finding[] {
  return [...tree.keys()].flatMap((file) => {
    const odd = file
      .split("/")
      .find((name) => !isKebabCase(name) && !(file === name && CUSTOMARY.has(name)) && name !== "README.md");
    return odd === undefined
      ? []
      : [{ file, line: 1, rule: "file-names", message: `${odd} is not kebab-case; rename it to ${kebabCaseOf(odd)}` }];
  });
}

/** Names in the root that the outside world fixes; a README may introduce any folder. */
const CUSTOMARY = new Set(["CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "NOTICE", "README.md", "SECURITY.md"]);

/** Words of small letters and digits joined by `-`; dots divide endings, and one may stand in front. Python keeps its `_`. */
function isKebabCase(name: string): boolean {
  return /^\.?[a-z0-9]+(?:[-.][a-z0-9]+)*$/.test(name) || /^[a-z0-9_]+\.py$/.test(name);
}

function kebabCaseOf(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replaceAll(/[\s_]+/g, "-")
    .toLowerCase();
}
