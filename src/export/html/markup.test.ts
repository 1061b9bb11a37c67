import { expect, test } from "vitest";
import { html, isolated, visible } from "./markup.ts";

test("html() escapes texts for content and for quoted attributes, and leaves markup alone", () => {
  const hostile = `</td><script>alert('1')</script>" onclick="x&y`;
  expect(html`<td title="${hostile}">${hostile}${html`<b>${1}</b>`}${[html`<i>a</i>`, html`<i>b</i>`]}</td>`.text).toBe(
    '<td title="&lt;/td&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot; onclick=&quot;x&amp;y">' +
      "&lt;/td&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot; onclick=&quot;x&amp;y<b>1</b><i>a</i><i>b</i></td>",
  );
});

test("isolated() keeps the direction of a name to itself", () => {
  expect(isolated("שיחות <1>").text).toBe("<bdi>שיחות &lt;1&gt;</bdi>");
});

test("visible() shows what could hide or turn the text that follows", () => {
  expect(visible("a\u0000b\tc\r\nd\u007fe\u0085f")).toBe("a␀b␉c␍␊d␡e\uFFFDf");
  expect(visible("\u202Eevil\u202C \u2066x\u2069 \u2028 \uD800 \uFFFE")).toBe(
    "\uFFFDevil\uFFFD \uFFFDx\uFFFD \uFFFD \uFFFD \uFFFD",
  );
  expect(visible("שלום \u200Fمرحبا\u200E 👩‍💻 é")).toBe("שלום \u200Fمرحبا\u200E 👩‍💻 é");
});
