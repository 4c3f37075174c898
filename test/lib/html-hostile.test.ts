import { defaultTreeAdapter as tree, html as spec, parse, parseFragment } from 'parse5'
import type { DefaultTreeAdapterTypes as Tree } from 'parse5'
import { describe, it } from 'vitest'

import {
  allowedElements,
  allowedEverywhere,
  removedElements,
  renamedElements,
} from '../../src/lib/html-rules.ts'
import { cleanHtml } from '../../src/lib/html.ts'
import * as fc from '../support/fast-check.ts'

const surroundings = {
  base: 'https://bao.example/tin/bai-1.html',
  embedHosts: ['video.example', 'bao.example'],
}

// What a browser reads of a result in each place where one may stand: as a fragment, with scripting
// and without, and on a page.
const readings: readonly ((html: string) => Tree.ParentNode)[] = [
  (html) => parseFragment(html, { scriptingEnabled: false }),
  (html) => parseFragment(html, { scriptingEnabled: true }),
  (html) => parseFragment(elementOf('div'), html, { scriptingEnabled: true }),
  (html) => parse(`<!doctype html><body><div>${html}</div></body>`),
  (html) => parse(`<body><div>${html}</div></body>`),
]

function elementOf(name: string): Tree.Element {
  return tree.createElement(name, spec.NS.HTML, [])
}

const urlAttributes = new Set(['href', 'src', 'cite', 'poster'])

/** All that a result must not hold, in words; empty when it is fit to be published. */
function violations(html: string): string[] {
  return readings.flatMap((read) => [...violationsIn(read(html))])
}

function* violationsIn(parent: Tree.ParentNode): Generator<string> {
  for (const node of parent.childNodes) {
    if (tree.isCommentNode(node)) yield `comment ${node.data}`
    if (!tree.isElementNode(node)) continue
    const isOfPage = ['html', 'head', 'body'].includes(node.tagName)
    if (node.namespaceURI !== spec.NS.HTML) yield `foreign element ${node.tagName}`
    if (!isOfPage && !Object.hasOwn(allowedElements, node.tagName)) yield `element ${node.tagName}`
    const allowed = new Set([...(allowedElements[node.tagName] ?? []), ...allowedEverywhere])
    for (const { name, value } of node.attrs) {
      if (!allowed.has(name)) yield `attribute ${node.tagName} ${name}`
      if (urlAttributes.has(name) && !isAllowedUrl(node.tagName, value)) yield `url ${value}`
      if (name === 'srcset' && !isAllowedSrcset(value)) yield `srcset ${value}`
    }
    yield* violationsIn(node)
  }
}

function isAllowedUrl(element: string, value: string): boolean {
  return (element === 'a' ? /^(?:https?:\/\/|mailto:|tel:)/ : /^https?:\/\//).test(value)
}

function isAllowedSrcset(value: string): boolean {
  const words = value.split(/[\s]+/).map((word) => word.replace(/,$/, ''))
  return words.every((word) => /^https?:\/\//.test(word) || /^[\d.]+[wxh]$/.test(word))
}

/** What another parser, which builds no tree, sees of tags and comments. */
async function tokensOf(html: string): Promise<string[]> {
  const tokens: string[] = []
  const rewriter = new HTMLRewriter()
    .on('*', {
      element(element) {
        tokens.push(`<${element.tagName}>`)
        for (const [name = ''] of element.attributes) tokens.push(`${element.tagName} ${name}`)
      },
    })
    .onDocument({
      comments: () => void tokens.push('comment'),
      doctype: () => void tokens.push('doctype'),
    })
  await rewriter.transform(new Response(html)).text()
  return tokens
}

const allowedTokens = new Set(
  Object.entries(allowedElements).flatMap(([element, attributes]) => [
    `<${element}>`,
    ...[...attributes, ...allowedEverywhere].map((attribute) => `${element} ${attribute}`),
  ])
)

// By class of attack. Each stands between two paragraphs when it is tested.
const corpus: Record<string, readonly string[]> = {
  'scripts in every spelling': [
    '<script>alert(1)</script>',
    '<SCRIPT>alert(1)</SCRIPT>',
    '<ScRiPt >alert(1)</sCrIpT >',
    '<script/x>alert(1)</script/y>',
    '<script\n>alert(1)</script\n>',
    '<script\t/\u000C>alert(1)</script>',
    '<script src=//xau.example/1.js></script>',
    '<script src="data:,alert(1)"></script>',
    '<script type=module>import "//xau.example/1.js"</script>',
    '<script type="text/template"><img src=x onerror=alert(1)></script>',
    '<script async defer crossorigin nonce=a>alert(1)</script>',
    '<script><!--<script>alert(1)</script>--></script><img src=x onerror=alert(2)>',
    '<script>/*</script><img src=x onerror=alert(1)>/*',
    '<script>"</script><script>alert(1)</script>"',
    '<scr<script>ipt>alert(1)</scr</script>ipt>',
    '<<script>alert(1)//<</script>',
    '<script>alert(1)',
    '<script',
    '</script><script>alert(1)</script>',
    '<script\u0000>alert(1)</script>',
    '<\u0000script>alert(1)</script>',
    '<script for=window event=onload>alert(1)</script>',
    '<script language=vbscript>msgbox 1</script>',
    '&lt;script&gt;alert(1)&lt;/script&gt;',
    '&#60;script&#62;alert(1)&#60;/script&#62;',
  ],
  'event handlers on every kind of element': [
    '<p onclick=alert(1)>a</p>',
    '<p ONCLICK="alert(1)" OnMouseOver=\'alert(2)\'>a</p>',
    '<img src=x onerror=alert(1)>',
    '<img src=x:x onerror=alert(1)>',
    '<img src onerror=alert(1)>',
    '<img/src=x/onerror=alert(1)>',
    '<img src=x onerror\n=\nalert(1)>',
    '<img src=x onerror="alert(1)"onload="alert(2)">',
    '<img src=x\u000Conerror=alert(1)>',
    '<img """><b onclick=alert(1)>">',
    '<img src="x` `<b onclick=alert(1)>"` `>',
    "<img src='x'onerror='alert(1)'>",
    '<img src=`x`onerror=alert(1)>',
    '<a href=# onfocus=alert(1) autofocus tabindex=1>a</a>',
    '<b onbeforecopy=alert(1) contenteditable>a</b>',
    '<table onmouseenter=alert(1)><tr onclick=alert(2)><td onclick=alert(3)>a</table>',
    '<video onloadstart=alert(1) src=x><source onerror=alert(2) src=x></video>',
    '<audio src onloadstart=alert(1)>',
    '<picture onclick=alert(1)><source srcset=x onerror=alert(2)><img src=x></picture>',
    '<body onload=alert(1)>a',
    '<html onmousemove=alert(1)>a',
    '<frameset onload=alert(1)>',
    '<marquee onstart=alert(1)>a</marquee>',
    '<xss onfocus=alert(1) tabindex=1 id=x autofocus>a</xss>',
    '<x-y onanimationstart=alert(1) style=animation:a>a</x-y>',
    '<div onpointerrawupdate=alert(1) onscrollend=alert(2) onbeforematch=alert(3)>a</div>',
    '<p/onclick=alert(1)//>a</p>',
    '<p\tonclick=alert(1)>a</p>',
    '<p onclick>a</p>',
    '<p =onclick=alert(1) "onclick=alert(2) \'onclick=alert(3)>a</p>',
    '<p on\u0000click=alert(1)>a</p>',
  ],
  'addresses that run': [
    '<a href="javascript:alert(1)">a</a>',
    '<a href=JaVaScRiPt:alert(1)>a</a>',
    '<a href=" \t\n javascript:alert(1)">a</a>',
    '<a href="\u0001\u0002javascript:alert(1)">a</a>',
    '<a href="java\tscript:alert(1)">a</a>',
    '<a href="java\nscript:alert(1)">a</a>',
    '<a href="java\r\nscript\r:alert(1)">a</a>',
    '<a href="java\u0000script:alert(1)">a</a>',
    '<a href="javascript\u0000:alert(1)">a</a>',
    '<a href="&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;alert(1)">a</a>',
    '<a href="&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;alert(1)">a</a>',
    '<a href="&#0000106avascript:alert(1)">a</a>',
    '<a href="javascript&colon;alert(1)">a</a>',
    '<a href="javascript&#58alert(1)">a</a>',
    '<a href="java&Tab;script&NewLine;&colon;alert&lpar;1&rpar;">a</a>',
    '<a href="&#1;&#14;javascript:alert(1)">a</a>',
    '<a href="&nbsp;javascript:alert(1)">a</a>',
    '<a href="&#xFEFF;javascript:alert(1)">a</a>',
    '<a href="javascript:https://bao.example/%0aalert(1)">a</a>',
    '<a href="javascript://%0aalert(1)">a</a>',
    '<a href=javascript:alert(1)//https://>a</a>',
    '<a href=\'javascript:"<b>"\'>a</a>',
    '<a href="vbscript:msgbox(1)">a</a>',
    '<a href="data:text/html,<script>alert(1)</script>">a</a>',
    '<a href="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==">a</a>',
    '<a href="data:image/svg+xml,<svg onload=alert(1)>">a</a>',
    '<a href="blob:https://bao.example/1">a</a><a href="file:///etc/passwd">b</a>',
    '<a href="view-source:javascript:alert(1)">a</a><a href="feed:javascript:alert(1)">b</a>',
    '<a href="https://bao.example" href="javascript:alert(1)">a</a>',
    '<a HREF="javascript:alert(1)" href="https://bao.example">a</a>',
    '<a href="javascript:alert(1)" title="https://bao.example">a</a>',
    '<a href="https://bao.example&quot; onclick=&quot;alert(1)">a</a>',
    '<a href="https://bao.example/\'onclick=\'alert(1)">a</a>',
    '<a href="mailto:a@bao.example&quot;onclick=&quot;alert(1)">a</a>',
    '<a href="tel:&quot;><script>alert(1)</script>">a</a>',
    '<img src="javascript:alert(1)">',
    '<img src="data:image/svg+xml;base64,PHN2Zz4=">',
    '<img lowsrc="javascript:alert(1)" dynsrc="javascript:alert(2)" src="vbscript:1">',
    '<video src="javascript:alert(1)" poster="javascript:alert(2)"></video>',
    '<audio><source src="data:audio/x,1"><track src="javascript:alert(1)"></audio>',
    '<blockquote cite="javascript:alert(1)">a</blockquote><q cite="data:,a">b</q>',
    '<del cite="javascript:alert(1)">a</del><ins cite="vbscript:1">b</ins>',
    '<iframe src="javascript:alert(1)">a</iframe>',
  ],
  'a srcset with addresses that run': [
    '<img src=x srcset="javascript:alert(1) 1x">',
    '<img src=x srcset="a.jpg 1x, javascript:alert(1) 2x">',
    '<img src=x srcset="a.jpg 1x,javascript:alert(1) 2x">',
    '<img src=x srcset=",,javascript:alert(1),,b.jpg">',
    '<img src=x srcset="java\nscript:alert(1) 1x">',
    '<img src=x srcset="&#106;avascript:alert(1)">',
    '<img src=x srcset="a.jpg javascript:alert(1), b.jpg">',
    '<img src=x srcset="a.jpg (1x, javascript:alert(1)), b.jpg">',
    '<img src=x srcset="data:image/svg+xml,<svg/onload=alert(1)> 1x, a.jpg 2x">',
    '<picture><source srcset="javascript:alert(1)"><img src=x></picture>',
    '<img src=x srcset="a.jpg&quot; onerror=&quot;alert(1) 2x">',
  ],
  'style, in attributes and elements': [
    '<p style="background:url(javascript:alert(1))">a</p>',
    '<p style="width:expression(alert(1))">a</p>',
    '<p style="-moz-binding:url(//xau.example/x.xml#a)">a</p>',
    '<p style="behavior:url(x.htc)">a</p>',
    '<p style="position:fixed;inset:0;background:#fff">a</p>',
    '<p style="&#101;xpression(alert(1))">a</p>',
    '<style>@import "//xau.example/x.css";</style>',
    '<style>p{background:url("javascript:alert(1)")}</style>',
    '<style>*{}</style/><img src=x onerror=alert(1)>',
    '<style><!--</style><img src=x onerror=alert(1)>-->',
    '<style><img title="</style><img src=x onerror=alert(1)>"></style>',
    '<style>a{}</sty</style>le><script>alert(1)</script>',
    '<STYLE TYPE="text/javascript">alert(1);</STYLE>',
    '<link rel=stylesheet href=//xau.example/x.css>',
    '<style media=x onload=alert(1)>a',
  ],
  SVG: [
    '<svg onload=alert(1)>',
    '<svg/onload=alert(1)//>',
    '<svg><script>alert(1)</script></svg>',
    '<svg><script>alert&#40;1&#41;</script></svg>',
    '<svg><script href="data:,alert(1)"/></svg>',
    '<svg><script xlink:href="data:,alert(1)"></script></svg>',
    '<svg><a xlink:href="javascript:alert(1)"><text x=20 y=20>a</text></a></svg>',
    '<svg><use href="data:image/svg+xml,<svg id=x onload=alert(1)>#x"/></svg>',
    '<svg><animate attributeName=href values="javascript:alert(1)"/><a id=x>a</a></svg>',
    '<svg><set attributeName=onmouseover to=alert(1)>',
    '<svg><foreignObject><iframe srcdoc="<script>alert(1)</script>"></foreignObject></svg>',
    '<svg><desc><img src=x onerror=alert(1)></desc></svg>',
    '<svg><title><img src=x onerror=alert(1)></title></svg>',
    '<svg><image href=x onerror=alert(1)></svg>',
    '<svg><style>{</style><img src=x onerror=alert(1)>',
    '<svg></p><style><a id="</style><img src=x onerror=alert(1)>">',
    '<svg><p><style><!--</style><img src=x onerror=alert(1)>-->',
    '<svg><![CDATA[><img src=x onerror=alert(1)>]]></svg>',
    '<svg><!--<![CDATA[--><img src=x onerror=alert(1)>]]></svg>',
    '<a xlink:href="javascript:alert(1)">a</a>',
    '<img xml:base="javascript:" src="/alert(1)">',
  ],
  MathML: [
    '<math href="javascript:alert(1)">a</math>',
    '<math><maction actiontype=statusline xlink:href="javascript:alert(1)">a</maction></math>',
    '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=alert(1)&gt;">',
    '<form><math><mtext></form><form><mglyph><svg><mtext><style><path id="</style><img onerror=alert(1) src>">',
    '<math><annotation-xml encoding="text/html"><img src=x onerror=alert(1)></annotation-xml></math>',
    '<math><annotation-xml encoding="application/xhtml+xml"><style><img src="</style><img src=x onerror=alert(1)>"></style></annotation-xml></math>',
    '<math><annotation-xml><svg><foreignObject><math><mi><style><img src=x onerror=alert(1)>',
    '<math><mi><svg><desc><math><mtext><malignmark><style></math><img src=x onerror=alert(1)>',
    '<math></br><style><!--</style><img src=x onerror=alert(1)>--></style></math>',
    '<math><mtext><h1><a><h6></a></h6><mglyph><svg><mtext><style><a title="</style><img src onerror=alert(1)>"></style></h1>',
  ],
  'raw text that means another thing the second time': [
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
    '<noscript><style></noscript><img src=x onerror=alert(1)></style></noscript>',
    '<noscript><!--</noscript><img src=x onerror=alert(1)>--></noscript>',
    '<noembed><p title="</noembed><img src=x onerror=alert(1)>"></noembed>',
    '<noframes><p title="</noframes><img src=x onerror=alert(1)>"></noframes>',
    '<xmp><p title="</xmp><img src=x onerror=alert(1)>"></xmp>',
    '<listing>&lt;img src=x onerror=alert(1)&gt;</listing>',
    '<plaintext><img src=x onerror=alert(1)>',
    '<template><p title="</template><img src=x onerror=alert(1)>"></template>',
    '<template shadowrootmode=open><script>alert(1)</script></template>',
    '<textarea><p title="</textarea><img src=x onerror=alert(1)>"></textarea>',
    '<title><p title="</title><img src=x onerror=alert(1)>"></title>',
    '<iframe><p title="</iframe><img src=x onerror=alert(1)>"></iframe>',
    '<select><noscript></select><img src=x onerror=alert(1)>',
    '<select><style></select><img src=x onerror=alert(1)></style></select>',
    '<table><noscript><style></table><img src=x onerror=alert(1)>',
    '<p id="</noscript></style></textarea></title></xmp><img src=x onerror=alert(1)>">a</p>',
    '<abbr title="</p></abbr><img src=x onerror=alert(1)>">a</abbr>',
    '<pre>\n&lt;/pre&gt;&lt;img src=x onerror=alert(1)&gt;</pre>',
    '<option><style></option></select><img src=x onerror=alert(1)></style>',
    '<xmp>&lt;/xmp&gt;<img src=x onerror=alert(1)></xmp>',
    '<noembed>&lt;/noembed&gt;&lt;script&gt;</noembed>',
    '<svg><noscript></svg><p title="</noscript><img src=x onerror=alert(1)>">',
  ],
  'forms and their controls': [
    '<form action="javascript:alert(1)"><input type=submit></form>',
    '<form id=x></form><button form=x formaction="javascript:alert(1)">a</button>',
    '<input type=image src=x onerror=alert(1)>',
    '<input type=hidden accesskey=x onclick=alert(1)>',
    '<input onfocus=alert(1) autofocus>',
    '<isindex action="javascript:alert(1)" type=image>',
    '<form><input name=attributes><input name=parentNode></form>',
    '<button popovertarget=x onclick=alert(1)>a</button><div popover id=x onbeforetoggle=alert(1)>b</div>',
    '<select onfocus=alert(1) autofocus><option>a</select>',
    '<textarea onfocus=alert(1) autofocus>a</textarea>',
    '<keygen autofocus onfocus=alert(1)>',
    '<datalist><option label="<img src=x onerror=alert(1)>"></datalist>',
    '<output onclick=alert(1)>a</output><meter onclick=alert(2)>b</meter><progress onclick=alert(3)>c</progress>',
    '<label for=x onclick=alert(1)>a</label><fieldset onclick=alert(2)><legend onclick=alert(3)>b</fieldset>',
  ],
  'elements that speak for the page': [
    '<meta http-equiv=refresh content="0;url=javascript:alert(1)">',
    '<meta http-equiv=Set-Cookie content="a=1">',
    '<meta http-equiv=Content-Security-Policy content="img-src *">',
    '<meta charset=utf-7>+ADw-script+AD4-alert(1)+ADw-/script+AD4-',
    '<base href="javascript:alert(1)//">',
    '<base href="//xau.example/" target=_top><a href=x>a</a>',
    '<link rel=import href="data:text/html,<script>alert(1)</script>">',
    '<link rel=prefetch href=//xau.example/><link rel=dns-prefetch href=//xau.example>',
    '<head><title>a</title><script>alert(1)</script></head>',
    '<body background="javascript:alert(1)" text=red>a</body>',
    '<!doctype html [<!ENTITY x "<script>alert(1)</script>">]>&x;',
    '<?xml-stylesheet href="javascript:alert(1)"?>a',
    '<?php echo 1 ?><% alert(1) %><!ELEMENT a>',
    '<basefont onload=alert(1)><bgsound src="javascript:alert(1)">',
  ],
  'things embedded': [
    '<object data="javascript:alert(1)"></object>',
    '<object data="data:text/html,<script>alert(1)</script>" type=text/html></object>',
    '<object classid="clsid:0"><param name=url value="javascript:alert(1)"></object>',
    '<param name=src value="javascript:alert(1)">',
    '<embed src="javascript:alert(1)">',
    '<embed code=//xau.example/x.swf allowscriptaccess=always>',
    '<applet code="javascript:alert(1)" archive=x.jar>a</applet>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    '<iframe srcdoc="&lt;script&gt;alert(1)&lt;/script&gt;" src=/x></iframe>',
    '<iframe src="https://video.example/1" onload=alert(1) name=x sandbox></iframe>',
    '<iframe src=x title="</a><script>alert(1)</script>"></iframe>',
    '<frameset><frame src="javascript:alert(1)"></frameset>',
    '<fencedframe><img src=x onerror=alert(1)></fencedframe><portal src="javascript:alert(1)">',
    '<canvas><img src=x onerror=alert(1)></canvas>',
    '<layer src=x onload=alert(1)>a</layer><ilayer src=x>b</ilayer>',
    '<xml id=x><x><![CDATA[<img src=x onerror=alert(1)>]]></x></xml>',
    '<img src=x usemap=#m><map name=m><area href="javascript:alert(1)" shape=default></map>',
  ],
  'comments and sections': [
    '<!-- <script>alert(1)</script> -->',
    '<!--><img src=x onerror=alert(1)>-->',
    '<!---><img src=x onerror=alert(1)>-->',
    '<!-- --!><img src=x onerror=alert(1)> -->',
    '<!-- > --><img src=x onerror=alert(1)>',
    '<!--[if gte IE 4]><script>alert(1)</script><![endif]-->',
    '<![if IE]><script>alert(1)</script><![endif]>',
    '<![CDATA[<script>alert(1)</script>]]>',
    '<![CDATA[><img src=x onerror=alert(1)>]]>',
    '<!x><img src=x onerror=alert(1)>',
    '<!><script>alert(1)</script>',
    '</!><img src=x onerror=alert(1)>',
    '</ ><img src=x onerror=alert(1)>',
    '<?><img src=x onerror=alert(1)>',
    '<comment><img src="</comment><img src=x onerror=alert(1)>"></comment>',
    '<!-- unclosed <img src=x onerror=alert(1)>',
    '<!--\u0000--><img src=x onerror=alert(1)>',
  ],
  'tags that are broken, crossed or unclosed': [
    '<img src=x onerror=alert(1)',
    '<img src="x" onerror="alert(1)',
    '<p title="<img src=x onerror=alert(1)>',
    '<a href="https://bao.example/"<script>alert(1)</script>>a</a>',
    '<b <script>alert(1)</script>0',
    '<<img src=x onerror=alert(1)>',
    '< img src=x onerror=alert(1)>',
    '<\nimg src=x onerror=alert(1)>',
    '<b><i></b><script>alert(1)</i></script>',
    '<a><b><a><b onclick=alert(1)><a href=javascript:alert(2)>a',
    '<table><a href=javascript:alert(1)><tr onclick=alert(2)><script>alert(3)</script><td>a',
    '<table><style><img src=x onerror=alert(1)></style><svg onload=alert(2)><td>a',
    '<p><table><p onclick=alert(1)><td></p></table></p onclick=alert(2)>',
    '<select><b><script>alert(1)</script><option onclick=alert(2)>a',
    '<col onclick=alert(1)><caption onclick=alert(2)>a<tbody onclick=alert(3)>',
    '<tr onclick=alert(1)><td onclick=alert(2)>a',
    '<button><p></button><img src=x onerror=alert(1)></p>',
    '</p onclick=alert(1)></br onclick=alert(2)>',
    '<p><p><p><div><p onclick=alert(1)></div></p></span></b>',
    '<h1><h2 onclick=alert(1)><li><dd><dt onclick=alert(2)><option>a',
    '<a href=x><table><a href="javascript:alert(1)">a</table>b',
    '<p a=1 A=2 a=3 onclick=alert(1) onclick=alert(2)>a',
    '<img src=x onerror=alert(1)/>',
    '<img src=/ / onerror=alert(1) / >',
    '<img src=x alt="`><script>alert(1)</script>"title="<script>alert(2)</script>">',
    '<i/onclick=alert(1)<b/onclick=alert(2)>a',
  ],
  'bytes and encodings': [
    '<im\u0000g src=x onerror=alert(1)>',
    '<img\u0000src=x onerror=alert(1)>',
    '\u0000<script>alert(1)</script>\u0000',
    '<a href="\u0000javascript:alert(1)">a</a>',
    '+ADw-script+AD4-alert(1)+ADw-/script+AD4-',
    '+ADw-img src=x onerror=alert(1)+AD4-',
    '\u00BCscript\u00BEalert(1)\u00BC/script\u00BE',
    '\uFF1Cscript\uFF1Ealert(1)\uFF1C/script\uFF1E',
    '<\u017Fcript>alert(1)</\u017Fcript>',
    '<\u0131mg src=x onerror=alert(1)>',
    '<p on\u212Aeydown=alert(1)>a</p>',
    '<script\uD800>alert(1)</script\uD800>',
    '<p title="\uD800&quot; onclick=alert(1)">a</p>',
    '\uFEFF<script>alert(1)</script>',
    '<script\u2028>alert(1)</script>',
    '<img src=x\u2028onerror=alert(1)>',
    '%3Cscript%3Ealert(1)%3C/script%3E',
    '\\x3cscript\\x3ealert(1)\\x3c/script\\x3e',
    '&#0;&#x110000;&#xD83D;&#xDE00;&#128;<script>alert(1)</script>',
    '\u001B$B<script>alert(1)</script>\u001B(B',
  ],
  'elements that open and toggle': [
    '<details open ontoggle=alert(1)>a</details>',
    '<details><summary onclick=alert(1)>a</summary></details>',
    '<dialog open onclose=alert(1) oncancel=alert(2)><form method=dialog>a</form></dialog>',
    '<div popover=auto ontoggle=alert(1)>a</div>',
    '<p hidden=until-found onbeforematch=alert(1)>a</p>',
    '<selectedcontent onclick=alert(1)>a</selectedcontent>',
    '<slot onslotchange=alert(1) name=x>a</slot>',
    '<search onclick=alert(1)>a</search><hgroup onclick=alert(2)>b</hgroup>',
  ],
  'names that shadow those of scripts': [
    '<a id=document name=cookie href=https://xau.example/>a</a>',
    '<img name=getElementById src=x>',
    '<img id=attributes name=innerHTML src=x>',
    '<p id=__proto__ class=constructor>a</p>',
    '<form name=body><img name=firstChild src=x></form>',
    '<a id=x><a id=x name=y href="javascript:alert(1)">a</a></a>',
    '<constructor constructor=alert(1)>a</constructor>',
    '<p constructor=1 tostring=2 valueof=3 hasownproperty=4>a</p>',
    '<hasownproperty onclick=alert(1)>a</hasownproperty>',
    '<p data-bind="text: alert(1)" ng-app v-html="x" x-data="{}" hx-get=/x>a</p>',
  ],
  'attributes that act without a name like it': [
    '<p is=x-y>a</p><button is=x-y>b</button>',
    '<a href=/x ping="https://xau.example/">a</a>',
    '<a href=/x target=_blank download=x attributionsrc=//xau.example>a</a>',
    '<table background="javascript:alert(1)"><td background="javascript:alert(2)">a</table>',
    '<img src=/x dynsrc="javascript:alert(1)" lowsrc="javascript:alert(2)">',
    '<img src=/x longdesc="javascript:alert(1)" usemap=#x ismap>',
    '<img src=/x crossorigin=use-credentials referrerpolicy=unsafe-url fetchpriority=high>',
    '<p contenteditable draggable=true accesskey=x tabindex=0 autofocus inert nonce=a part=b>a</p>',
    '<p xmlns="http://www.w3.org/2000/svg" xml:lang=vi xlink:href="javascript:alert(1)">a</p>',
    '<div datasrc=#x datafld=y dataformatas=html>a</div>',
    '<p folder="javascript:alert(1)" seeksegmenttime=1 fscommand=x>a</p>',
    '<video src=/x autoplay loop muted playsinline controlslist=x disableremoteplayback></video>',
    '<track default src=/x><source src=/x onerror=alert(1)>',
    '<ol style=x compact type="javascript:alert(1)"><li type=x>a</ol>',
    '<td headers=x abbr=y axis=z width=1 bgcolor=red>a',
  ],
}

const hostile = Object.values(corpus).flat()

describe('the list of what is allowed', () => {
  it('holds no element that runs, loads, submits, hides or reads text in its own way', ({
    expect,
  }) => {
    const dangerous =
      'script style template noscript noembed noframes iframe frame frameset object embed applet param svg math form input button select textarea option meta base link title head body html xmp plaintext listing dialog slot portal fencedframe canvas map area'
    for (const name of dangerous.split(' '))
      expect(Object.keys(allowedElements)).not.toContain(name)
  })

  it('holds no attribute that runs, names, styles, targets or pings', ({ expect }) => {
    const attributes = [...Object.values(allowedElements).flat(), ...allowedEverywhere]
    const dangerous =
      'style id name class is srcdoc action formaction ping target background data code archive longdesc usemap xlink:href nonce slot part popover contenteditable autofocus tabindex accesskey autoplay'
    for (const name of dangerous.split(' ')) expect(attributes).not.toContain(name)
    expect(attributes.filter((name) => /^on|^data-|:/.test(name))).toEqual([])
  })

  it('removes nothing that it allows', ({ expect }) => {
    expect([...removedElements].filter((name) => name in allowedElements)).toEqual([])
  })

  it('renames only what is not allowed, to what is', ({ expect }) => {
    for (const [from, to] of Object.entries(renamedElements)) {
      expect(Object.keys(allowedElements)).toContain(to)
      expect(Object.keys(allowedElements)).not.toContain(from)
      expect(removedElements.has(from), from).toBe(false)
    }
  })
})

describe('hostile HTML', () => {
  it.for(Object.entries(corpus))('gets nothing through: %s', async ([, entries], { expect }) => {
    for (const entry of entries) {
      const result = cleanHtml(`<p>Trước</p>${entry}<p>Sau</p>`, surroundings)
      expect(result, entry).not.toBeNull()
      const html = result?.html ?? ''
      expect(violations(html), entry).toEqual([])
      expect(
        (await tokensOf(html)).filter((token) => !allowedTokens.has(token)),
        entry
      ).toEqual([])
      expect(html, entry).toMatch(/^<p>Trước<\/p>/)
      expect(cleanHtml(html, surroundings)?.html, entry).toBe(html)
    }
  })

  it('gets nothing through from within another element', ({ expect }) => {
    const places = [
      ['<table><tr><td>', '</td></tr></table>'],
      ['<table>', '</table>'],
      ['<select><option>', '</option></select>'],
      ['<svg>', '</svg>'],
      ['<svg><desc>', '</desc></svg>'],
      ['<math><mtext>', '</mtext></math>'],
      ['<noscript>', '</noscript>'],
      ['<pre>\n', '</pre>'],
      ['<a href=/1><b><i>', '</i></b></a>'],
      ['<ruby>漢<rt>', '</ruby>'],
      ['<p title="', '">'],
      ['<!--', '-->'],
      ['<style>', '</style>'],
      ['<xmp>', '</xmp>'],
    ]
    for (const [before, after] of places) {
      for (const entry of hostile) {
        const source = `${before}${entry}${after}`
        expect(violations(cleanHtml(source, surroundings)?.html ?? 'refused'), source).toEqual([])
      }
    }
  })

  it('gets nothing through when two attacks are joined', ({ expect }) => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...hostile), { maxLength: 4 }), (entries) => {
        expect(violations(cleanHtml(entries.join(''), surroundings)?.html ?? '')).toEqual([])
      }),
      { numRuns: 500 }
    )
  })

  it('gets nothing through when an attack is cut off anywhere', ({ expect }) => {
    fc.assert(
      fc.property(fc.constantFrom(...hostile), fc.nat(), fc.nat(), (entry, from, to) => {
        const cut = entry.slice(from % entry.length) + entry.slice(0, to % entry.length)
        expect(violations(cleanHtml(cut, surroundings)?.html ?? '')).toEqual([])
      }),
      { numRuns: 500 }
    )
  })

  it('takes no innocent text with it', ({ expect }) => {
    const innocent = {
      '<script>alert(1)</script>': '',
      '<p onclick=alert(1)>a</p>': '<p>a</p>',
      '<a href="javascript:alert(1)">a</a>': 'a',
      '<p style="color:red">a</p>': '<p>a</p>',
      '<svg onload=alert(1)></svg>': '',
      '<!-- a -->': '',
      '<style><!--</style>': '',
      '<iframe srcdoc="<p>a</p>"></iframe>': '',
      '<math><mi>a</mi></math>': '',
      '&lt;script&gt;': '&lt;script&gt;',
      'a < b && c > d': 'a &lt; b &amp;&amp; c &gt; d',
    }
    for (const [html, expected] of Object.entries(innocent)) {
      expect(cleanHtml(`<p>Trước</p>${html}<p>Sau</p>`, surroundings)?.html).toBe(
        `<p>Trước</p>${expected}<p>Sau</p>`
      )
    }
  })
})

const elementNames = [
  ...Object.keys(allowedElements),
  ...Object.keys(renamedElements),
  ...removedElements,
  ...'svg math mi mtext mglyph malignmark annotation-xml foreignObject desc image font nobr big'.split(
    ' '
  ),
  ...'noscript marquee body html rb rtc x-y a a b i p p table td tr li pre h1 form select'.split(
    ' '
  ),
]
const attributeNames = [
  ...Object.values(allowedElements).flat(),
  ...'lang dir onclick onerror style id name class hidden srcdoc formaction xlink:href is encoding'.split(
    ' '
  ),
]
// A line each.
const attributeValues = `
a.jpg
//anh.example/á b
#c
,
"'<>&
java\tscript:alert(1)
javascript:alert(1)
data:text/html,x
mailto:a@bao.example
https://bao.example/?a=1&b=2
a,b.jpg 1x, c.jpg 2x
</style><img src=x onerror=alert(1)>
--><script>
]]>
1
text/html
x,\u00A0
`.split('\n')
const characters = [
  'a',
  'ế',
  ' ',
  '\n',
  '\n\n',
  '\r\n',
  '\t',
  '\u0000',
  '\u0001',
  '\uD800',
  '\u0301',
]
const markup =
  '&lt; &amp; &amp;lt; &nbsp; &#0; &#128; &#xD; &colon; & < </ <! <!-- --> --!> <![CDATA[ ]]> <? > />'
const texts = [...characters, ...markup.split(' ')]

const attribute = fc
  .tuple(fc.constantFrom(...attributeNames), fc.constantFrom(...attributeValues))
  .map(([name, value]) => ` ${name}="${value.replaceAll('"', '&quot;')}"`)
const startTag = fc
  .tuple(
    fc.constantFrom(...elementNames),
    fc.array(attribute, { maxLength: 2 }),
    fc.constantFrom('>', '>', '>', '/>', '')
  )
  .map(([name, attributes, end]) => `<${name}${attributes.join('')}${end}`)
const endTag = fc.constantFrom(...elementNames).map((name) => `</${name}>`)
const htmlLike = fc
  .array(
    fc.oneof(
      { weight: 5, arbitrary: startTag },
      { weight: 3, arbitrary: endTag },
      { weight: 3, arbitrary: fc.constantFrom(...texts) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 5 }) }
    ),
    { maxLength: 20 }
  )
  .map((parts) => parts.join(''))

describe('HTML of any kind', () => {
  it('holds nothing but what is allowed once it is clean', ({ expect }) => {
    fc.assert(
      fc.property(htmlLike, (html) => {
        expect(violations(cleanHtml(html, surroundings)?.html ?? '')).toEqual([])
      }),
      { numRuns: 1000 }
    )
  })

  it('stays as it is when it is cleaned again', ({ expect }) => {
    fc.assert(
      fc.property(htmlLike, (html) => {
        const once = cleanHtml(html, surroundings)
        const twice = cleanHtml(once?.html ?? '', surroundings)
        expect(twice?.html).toBe(once?.html)
        expect(twice?.text).toBe(once?.text)
      }),
      { numRuns: 1500 }
    )
  })

  it('means the same wherever it is published', ({ expect }) => {
    fc.assert(
      fc.property(htmlLike, (html) => {
        const cleaned = cleanHtml(html, surroundings)?.html ?? ''
        expect(cleanHtml(cleaned, { base: 'https://khac.example/', embedHosts: [] })?.html).toBe(
          cleaned
        )
      }),
      { numRuns: 500 }
    )
  })

  it('never breaks the cleaner, whatever the characters', ({ expect }) => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (html) => {
        expect(cleanHtml(html, surroundings)).not.toBeNull()
      }),
      { numRuns: 500 }
    )
  })
})
