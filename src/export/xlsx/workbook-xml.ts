/** The small parts of a workbook that tie its sheets together. */
import { escapeText } from "./cell-xml.ts";
import { filterRange, type Sheet } from "./sheet-xml.ts";
import { stylesXml } from "./styles.ts";

const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/** Text by its path in the package, all but the sheets. */
export function workbookParts(sheets: readonly Sheet[], title: string, creator: string): ReadonlyMap<string, string> {
  return new Map([
    ["[Content_Types].xml", contentTypes(sheets.length)],
    ["_rels/.rels", relations([["officeDocument", "xl/workbook.xml"], CORE])],
    ["docProps/core.xml", coreProperties(title, creator)],
    ["xl/workbook.xml", workbook(sheets)],
    [
      "xl/_rels/workbook.xml.rels",
      relations([
        ...sheets.map((_, index) => ["worksheet", sheetPath(index).slice(3)] as const),
        ["styles", "styles.xml"],
      ]),
    ],
    ["xl/styles.xml", stylesXml()],
  ]);
}

/** Where the sheet at an index lies in the package. */
export function sheetPath(index: number): string {
  return `xl/worksheets/sheet${index + 1}.xml`;
}

type Relation = readonly [type: string, target: string];

const CORE: Relation = [`${PACKAGE}/relationships/metadata/core-properties`, "docProps/core.xml"];

function relations(targets: readonly Relation[]): string {
  const links = targets.map(([type, target], index) => {
    const name = type.startsWith("http") ? type : `${OFFICE}/${type}`;
    return `<Relationship Id="rId${index + 1}" Type="${name}" Target="${target}"/>`;
  });
  return `${DECLARATION}<Relationships xmlns="${PACKAGE}/relationships">${links.join("")}</Relationships>\n`;
}

function contentTypes(sheetCount: number): string {
  const parts = [
    ["xl/workbook.xml", `${SPREADSHEET}.sheet.main+xml`],
    ["xl/styles.xml", `${SPREADSHEET}.styles+xml`],
    ["docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"],
    ...Array.from({ length: sheetCount }, (_, index) => [sheetPath(index), `${SPREADSHEET}.worksheet+xml`]),
  ];
  return `${DECLARATION}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${parts.map(([path, type]) => `<Override PartName="/${path}" ContentType="${type}"/>`).join("")}</Types>\n`;
}

function workbook(sheets: readonly Sheet[]): string {
  const entries = sheets.map(
    ({ name }, index) => `<sheet name="${escapeText(name)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`,
  );
  const filters = sheets.map(
    (sheet, index) =>
      `<definedName name="_xlnm._FilterDatabase" localSheetId="${index}" hidden="1">'${escapeText(sheet.name)}'!${filterRange(sheet)}</definedName>`,
  );
  return `${DECLARATION}<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="${OFFICE}"><bookViews><workbookView activeTab="0"/></bookViews><sheets>${entries.join("")}</sheets><definedNames>${filters.join("")}</definedNames></workbook>\n`;
}

function coreProperties(title: string, creator: string): string {
  return `${DECLARATION}<cp:coreProperties xmlns:cp="${PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>${escapeText(title)}</dc:title><dc:creator>${escapeText(creator)}</dc:creator></cp:coreProperties>\n`;
}
