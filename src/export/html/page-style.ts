/** The look of the page: system letters, one accent, light and dark by the reader's own setting, plain on paper. */
import { Markup } from "./markup.ts";

/** The style sheet. It names no file, font or picture: the page opens from disk without a network. */
export const PAGE_STYLE: Markup = new Markup(`
:root{color-scheme:light dark;--paper:#fff;--ink:#16202b;--soft:#56616e;--faint:#66707c;--rule:#e1e5ea;--wash:#f5f7f9;--accent:#1f6aa5;--second:#b0571a;--track:#eef1f4;--warn:#7a3d00;--warn-wash:#fff4e0;--warn-rule:#d98300;--good:#1c6b45}
@media (prefers-color-scheme:dark){:root{--paper:#12171d;--ink:#e6eaee;--soft:#a3adb8;--faint:#8a95a1;--rule:#2a323b;--wash:#1a2129;--accent:#6db3e8;--second:#eba36a;--track:#222a33;--warn:#ffd9a0;--warn-wash:#3a2703;--warn-rule:#f0a020;--good:#6fcf9f}}
@media print{:root{color-scheme:light;--paper:#fff;--ink:#000;--soft:#444;--faint:#666;--rule:#bbb;--wash:#fff;--accent:#1f6aa5;--second:#b0571a;--track:#fff;--warn:#000;--warn-wash:#fff;--warn-rule:#000;--good:#000}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"Noto Sans",sans-serif;overflow-wrap:anywhere}
main,body>header,body>footer{max-width:1120px;margin:0 auto;padding:0 24px}
h1,h2,h3,p,dl,dd,figure,ul{margin:0;padding:0}
body>header{padding-top:40px}
.kind{color:var(--soft);font-size:13px;letter-spacing:.02em}
h1{font-size:30px;line-height:1.2;font-weight:650;letter-spacing:-.015em;margin:2px 0 10px;text-wrap:balance}
.vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.window{font-size:16px;color:var(--soft)}
.window b{color:var(--ink);font-weight:600}
.state{display:inline-block;margin-top:10px;font-size:13px;color:var(--soft)}
.state b{color:var(--good);font-weight:600}
.provisional{margin-top:20px;padding:14px 18px;border:2px solid var(--warn-rule);border-left-width:10px;border-radius:4px;background:var(--warn-wash);color:var(--warn)}
.provisional h2{font-size:18px;line-height:1.3;font-weight:700;margin:0 0 2px}
.provisional ul{margin:6px 0 0;padding-left:20px}
.mark-provisional{color:var(--warn);background:var(--warn-wash);border:1px solid var(--warn-rule);border-radius:3px;padding:0 6px;font-size:12px;font-weight:600;white-space:nowrap}
section{margin-top:40px}
h2{font-size:17px;line-height:1.35;font-weight:650;margin:0 0 4px}
.hint{color:var(--soft);font-size:13px;margin-bottom:18px}
.headline{display:flex;flex-wrap:wrap;gap:22px 48px;margin-top:28px;padding:22px 0;border-top:1px solid var(--rule);border-bottom:1px solid var(--rule)}
.headline div{display:flex;flex-direction:column}
.headline dt{color:var(--soft);font-size:13px;line-height:1.35}
.headline dd.big{font-size:32px;line-height:1.2;font-weight:600;letter-spacing:-.02em;font-variant-numeric:tabular-nums;white-space:nowrap;order:-1}
.headline dd.big small{font-size:17px;font-weight:500;color:var(--soft);letter-spacing:0}
.headline dd.exact{color:var(--faint);font-size:12.5px;font-variant-numeric:tabular-nums}
.notes ul{list-style:none}
.notes li{padding:2px 0 2px 14px;border-left:3px solid var(--warn-rule);margin-top:8px}
.charts{display:grid;grid-template-columns:minmax(0,1fr);gap:36px 48px}
figure{min-width:0;break-inside:avoid}
figcaption{margin-bottom:12px}
figcaption h3{font-size:15px;line-height:1.4;font-weight:650}
figcaption p{color:var(--soft);font-size:13px;font-variant-numeric:tabular-nums}
figure>svg{display:block;overflow:visible}
svg text{font-size:12px;fill:var(--soft);font-variant-numeric:tabular-nums}
.axes>svg{padding-left:50px}
.heat.dates>svg,.heat.dates>.legend{padding-left:76px}
.heat.days>svg,.heat.days>.legend{padding-left:38px}
.bars text{font-size:13px;fill:var(--ink)}
.bars text.value{text-anchor:end}
.heat text.name{font-size:13px;fill:var(--ink)}
.mark{fill:var(--accent)}.second .mark{fill:var(--second)}
.track{fill:var(--track)}
.grid{stroke:var(--rule)}.base{stroke:var(--faint)}.notch{stroke:var(--faint)}
text.scale{text-anchor:end}
text.tick{text-anchor:middle}text.tick.end{text-anchor:end}
.line{fill:none;stroke:var(--accent);stroke-width:1.75;stroke-linejoin:round;stroke-linecap:round;vector-effect:non-scaling-stroke}
.area{fill:var(--accent);fill-opacity:.14}
.plot{overflow:visible}
.dot{fill:var(--accent)}
.second .line{stroke:var(--second)}.second .dot{fill:var(--second)}
.others .line{stroke:var(--soft)}.others .area{fill:var(--soft)}.others .dot{fill:var(--soft)}
.hover{fill:var(--ink);fill-opacity:0}g:hover>.hover{fill-opacity:.06}
.cell{fill:var(--accent)}.second .cell{fill:var(--second)}
rect.cell:hover{stroke:var(--ink);stroke-width:1.5}
.legend{display:flex;gap:8px;align-items:center;color:var(--soft);font-size:12px;margin-top:8px;font-variant-numeric:tabular-nums}
.scroll{overflow-x:auto;border-radius:2px}
.scroll:focus-visible{outline:2px solid var(--accent);outline-offset:4px}
table{border-collapse:collapse;width:100%;font-size:14px;line-height:1.4;font-variant-numeric:tabular-nums}
caption{text-align:left;overflow-wrap:anywhere;font-size:17px;font-weight:650;padding-bottom:10px}
caption div{position:sticky;left:0;width:fit-content;max-width:calc(100vw - 32px)}
caption span{color:var(--soft);font-size:13px;font-weight:400;margin-left:8px}
th,td{text-align:left;vertical-align:top;padding:7px 18px 7px 0;font-weight:400;min-width:4.5em;overflow-wrap:break-word}
th:last-child,td:last-child{padding-right:4px}
th>bdi,td>bdi,.code bdi{display:inline-block;vertical-align:top;max-width:30em;overflow-wrap:break-word}
.code{white-space:nowrap}.code bdi{white-space:normal}
tbody tr{border-top:1px solid var(--rule)}
tbody tr:hover{background:var(--wash)}
thead th{color:var(--soft);font-size:13px;font-weight:500;line-height:1.3;vertical-align:bottom;border-bottom:1.5px solid var(--ink);background:var(--paper);white-space:normal}
thead tr>th{white-space:normal!important}
thead small{color:var(--faint);font-size:12px;white-space:nowrap}
thead a{color:inherit;text-decoration:none;padding:0 2px}
tr.sum th,tr.sum td{font-weight:650;background:var(--wash)}
tfoot th,tfoot td{font-weight:650;border-top:1.5px solid var(--ink)}
tbody time,tbody th{white-space:nowrap}
tbody th:has(bdi){white-space:normal}
.none,td i{color:var(--faint)}
.empty{color:var(--soft);padding:18px 0}
.cut,#not-additive{color:var(--soft);font-size:13px;margin-top:12px;max-width:75ch}
body>footer{margin-top:56px;padding-top:18px;padding-bottom:48px}
body>footer dl{border-top:1px solid var(--rule);padding-top:18px;display:grid;grid-template-columns:max-content minmax(0,1fr);gap:3px 20px;font-size:13px}
body>footer dt{color:var(--soft)}
code{font:12.5px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
@media (min-width:820px){.charts.two{grid-template-columns:minmax(0,1fr) minmax(0,1fr)}.charts.three{grid-template-columns:repeat(3,minmax(0,1fr))}.scroll.fits{overflow:visible}.scroll.fits thead th{position:sticky;top:0}}
@media (min-width:520px) and (max-width:819px){.charts.three{grid-template-columns:repeat(2,minmax(0,1fr))}}
@media (max-width:819px){tbody th:first-child,thead th:first-child,tfoot th:first-child{position:sticky;left:0;background:var(--paper);max-width:46vw}}
@media (max-width:519px){main,body>header,body>footer{padding-left:16px;padding-right:16px}body>header{padding-top:24px}h1{font-size:24px}.headline{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:18px 16px}.headline dd.big{font-size:24px;white-space:normal}text.minor{display:none}body>footer dl{grid-template-columns:minmax(0,1fr)}body>footer dd{margin-bottom:8px}}
@media print{@page{margin:14mm}body{font-size:10pt}main,body>header,body>footer{max-width:none;padding-left:0;padding-right:0}body>header{padding-top:0}section{margin-top:22pt}.charts.two{grid-template-columns:minmax(0,1fr) minmax(0,1fr)}.charts.three{grid-template-columns:repeat(3,minmax(0,1fr))}table{font-size:8.5pt}th,td{padding:3pt 7pt 3pt 0;min-width:0!important}.code{white-space:normal}.scroll{overflow:visible}thead{display:table-header-group}tfoot{display:table-row-group}tr{break-inside:avoid}thead th,tbody th{position:static!important}.headline dd.big{font-size:18pt}}
`);
