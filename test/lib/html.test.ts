import { describe, it } from 'vitest'

import {
  attributesMax,
  cleanHtml,
  elementDepthMax,
  elementsMax,
  htmlFromText,
  type CleanHtml,
} from '../../src/lib/html.ts'

const base = 'https://bao.example/tin/bai-1.html'
const surroundings = { base, embedHosts: ['video.example', 'bao.example'] }

function clean(html: string): CleanHtml {
  const result = cleanHtml(html, surroundings)
  if (!result) throw new Error('was refused')
  return result
}

describe('what an article may hold', () => {
  it('stays letter for letter, and nothing is reported', ({ expect }) => {
    const fragments = [
      '<p>Đảng bộ <b>Vĩnh Lam</b>, <i>nghĩa</i> <em>tình</em> <strong>và</strong> <u>năng</u> <s>động</s></p>',
      '<h1>a</h1><h2>b</h2><h3>c</h3><h4>d</h4><h5>e</h5><h6>f</h6><hr>',
      '<figure><img src="https://anh.example/1.jpg" alt="Bến &quot;sông&quot;" title="t" width="640" height="480"><figcaption>Bến sông. Ảnh: <cite>PV</cite></figcaption></figure>',
      '<table><caption>Giá</caption><colgroup><col span="2"></colgroup><thead><tr><th scope="col" colspan="2">a</th></tr></thead><tbody><tr><td rowspan="2">b</td><td>c</td></tr></tbody><tfoot><tr><td>d</td></tr></tfoot></table>',
      '<ul><li>a<ol start="3" reversed="" type="a"><li value="7">b</li></ol></li></ul>',
      '<dl><dt>a</dt><dd>b</dd></dl>',
      '<blockquote cite="https://bao.example/2"><p>a</p></blockquote><p><q cite="https://bao.example/3">b</q></p>',
      '<pre><code>if (a &lt; b &amp;&amp; c) {\n  d\n}</code></pre><p><kbd>Ctrl</kbd><samp>x</samp><var>y</var></p>',
      '<p>H<sub>2</sub>O m<sup>2</sup> <small>a</small> <mark>b</mark> <abbr title="Ủy ban">UB</abbr> <dfn>c</dfn></p>',
      '<p><del cite="https://bao.example/4" datetime="2026-11-20">a</del><ins datetime="2026-11-21">b</ins></p>',
      '<p><time datetime="2026-11-20T08:00:00+07:00">sáng nay</time></p>',
      '<p>a<br>b<wbr>c</p>',
      '<details><summary>a</summary>b</details>',
      '<div>a</div>',
      '<picture><source srcset="https://anh.example/1.avif 1x, https://anh.example/2.avif 2x" type="image/avif" media="(min-width: 600px)" sizes="100vw" width="640" height="480"><img src="https://anh.example/1.jpg" srcset="https://anh.example/1.jpg 320w, https://anh.example/2.jpg 640w" sizes="50vw" alt=""></picture>',
      '<video src="https://anh.example/1.mp4" poster="https://anh.example/1.jpg" controls="" width="640" height="480"><track src="https://anh.example/1.vtt" kind="captions" srclang="vi" label="Tiếng Việt">a</video>',
      '<audio controls=""><source src="https://anh.example/1.mp3" type="audio/mpeg">a</audio>',
      '<p><ruby>漢<rp>(</rp><rt>hán</rt><rp>)</rp></ruby></p>',
      '<p lang="ar" dir="rtl">خبر <bdi>Vĩnh Lam</bdi> <bdo dir="ltr" lang="vi">a</bdo></p>',
      '<p><a href="https://bao.example/5?a=1&amp;b=2#c" hreflang="vi" rel="nofollow" title="t">a</a> <a href="mailto:toasoan@bao.example">b</a> <a href="tel:+84123">c</a></p>',
    ]
    for (const html of fragments) expect(clean(html)).toMatchObject({ html, changes: [] })
  })

  it('is closed, nested and quoted as a browser would read it', ({ expect }) => {
    const repaired = {
      '<p>a<p>b': '<p>a</p><p>b</p>',
      '<ul><li>a<li>b</ul>': '<ul><li>a</li><li>b</li></ul>',
      '<p>a <b>b <i>c</b> d</i>': '<p>a <b>b <i>c</i></b><i> d</i></p>',
      '<table><tr><td>a<td>b</table>':
        '<table><tbody><tr><td>a</td><td>b</td></tr></tbody></table>',
      '<p>a</div></span>b': '<p>ab</p>',
      '<P ALIGN=x>a</P><BR/>': '<p>a</p><br>',
      '<p>a<div>b</div>c</p>': '<p>a</p><div>b</div>c<p></p>',
      '<a href=/1>a<a href=/2>b':
        '<a href="https://bao.example/1">a</a><a href="https://bao.example/2">b</a>',
      '<image src=/1.jpg>': '<img src="https://bao.example/1.jpg">',
    }
    for (const [html, expected] of Object.entries(repaired)) expect(clean(html).html).toBe(expected)
  })

  it('has its entities decoded, but those that HTML needs', ({ expect }) => {
    expect(
      clean('&Dstrok;&#7843;ng b&#x1ed9; &lt;b&gt; &amp;amp; &quot; &apos; &hellip;').html
    ).toBe('Đảng bộ &lt;b&gt; &amp;amp; " \' …')
    expect(clean('<p>a&nbsp;b &bogus; &copy</p>').html).toBe('<p>a&nbsp;b &amp;bogus; ©</p>')
  })

  it('is composed, well-formed and free of control characters', ({ expect }) => {
    const { html } = clean(
      `<p title="e&#x301;">${'ế'.normalize('NFD')}\u0007&#1;&#x80;&#xD800;\uD800&#xFFFF;\r\nb</p><abbr title="\u0008e\u0301">c</abbr>`
    )
    expect(html).toBe('<p>ế€\uFFFD\uFFFD\nb</p><abbr title="é">c</abbr>')
  })

  it('keeps a line that begins preformatted text, and the line feed that begins none', ({
    expect,
  }) => {
    expect(clean('<pre>\na</pre>').html).toBe('<pre>a</pre>')
    expect(clean('<pre>\n\na</pre>').html).toBe('<pre>\n\na</pre>')
    expect(clean('<pre>\n\n\na\n</pre>').html).toBe('<pre>\n\n\na\n</pre>')
    expect(clean('<pre><font>\na</font></pre>').html).toBe('<pre>\n\na</pre>')
    expect(clean('<pre><b>\na</b></pre>').html).toBe('<pre><b>\na</b></pre>')
    expect(clean('<listing>\na</listing>').html).toBe('<pre>a</pre>')
    expect(clean('<pre><!-- -->\na</pre>').html).toBe('<pre>\n\na</pre>')
  })

  it('gets the controls without which a player is an empty place', ({ expect }) => {
    expect(clean('<video autoplay loop muted src=/1.mp4></video>').html).toBe(
      '<video src="https://bao.example/1.mp4" controls=""></video>'
    )
    expect(clean('<audio src=/1.mp3 controls=controls></audio>').html).toBe(
      '<audio src="https://bao.example/1.mp3" controls="controls"></audio>'
    )
  })
})

describe('what an article may not hold', () => {
  it('becomes what it is like', ({ expect }) => {
    const renamed = {
      '<section>a</section><article>b</article>': '<div>a</div><div>b</div>',
      '<header>a</header><main>b</main><footer>c</footer>': '<div>a</div><div>b</div><div>c</div>',
      '<aside>a</aside><nav>b</nav><address>c</address>': '<div>a</div><div>b</div><div>c</div>',
      '<center>a</center><form>b</form><search>c</search>': '<div>a</div><div>b</div><div>c</div>',
      '<fieldset><legend>a</legend>b</fieldset>': '<div><p>a</p>b</div>',
      '<hgroup><h2>a</h2></hgroup>': '<div><h2>a</h2></div>',
      '<dir><li>a</dir><menu><li>b</menu>': '<ul><li>a</li></ul><ul><li>b</li></ul>',
      '<acronym title=b>a</acronym>': '<abbr title="b">a</abbr>',
      '<strike>a</strike><tt>b</tt>': '<s>a</s><code>b</code>',
      '<xmp><b>a</b></xmp>': '<pre>&lt;b&gt;a&lt;/b&gt;</pre>',
      '<plaintext><b>a': '<pre>&lt;b&gt;a</pre>',
    }
    for (const [html, expected] of Object.entries(renamed)) {
      expect(clean(html)).toMatchObject({ html: expected, changes: [] })
    }
  })

  it('leaves its text and what was in it when it is merely unknown', ({ expect }) => {
    const unwrapped = {
      '<span>a</span> <font color=red>b</font> <big>c</big>': 'a b c',
      '<p>a<o:p>b</o:p>c</p>': '<p>abc</p>',
      '<bao-box><p>a</p><my-widget>b <b>c</b></my-widget></bao-box>': '<p>a</p>b <b>c</b>',
      '<marquee>a</marquee><blink>b</blink><nobr>c</nobr>': 'abc',
      '<label>a</label><constructor>b</constructor><tostring>c</tostring>': 'abc',
      '<html><head></head><body><p>a</p></body></html>': '<p>a</p>',
    }
    for (const [html, expected] of Object.entries(unwrapped))
      expect(clean(html).html).toBe(expected)
  })

  it('keeps a span where it says a language or a direction, and only there', ({ expect }) => {
    expect(clean('a <span class="x" dir="rtl" lang="ar">نص</span>').html).toBe(
      'a <span dir="rtl" lang="ar">نص</span>'
    )
    expect(clean('<span class="x" style="y">a</span>').html).toBe('a')
  })

  it('goes with everything in it when it is code, a control or foreign', ({ expect }) => {
    const elements = {
      script: '<script>a</script>',
      style: '<style>p { color: red }</style>',
      template: '<template><p>a</p></template>',
      button: '<button>Chia sẻ</button>',
      select: '<select><option>a</select>',
      textarea: '<textarea>a</textarea>',
      title: '<title>a</title>',
      object: '<object data=/a><p>b</p></object>',
      canvas: '<canvas>a</canvas>',
      svg: '<svg><text>a</text><foreignObject><p>b</p></foreignObject></svg>',
      math: '<math><mi>a</mi></math>',
      dialog: '<dialog open>a</dialog>',
      noframes: '<noframes>a</noframes>',
      input: '<input value=a>',
      meta: '<meta name=a content=b>',
      link: '<link rel=stylesheet href=/a>',
      base: '<base href=/a>',
    }
    for (const [name, html] of Object.entries(elements)) {
      expect(clean(`<p>Trước</p>${html}<p>Sau</p>`)).toEqual({
        html: '<p>Trước</p><p>Sau</p>',
        text: 'Trước\nSau',
        changes: [{ kind: 'element removed', subject: name, count: 1 }],
      })
    }
  })

  it('goes when it is hidden, whatever it is', ({ expect }) => {
    for (const html of [
      '<p hidden>a</p>',
      '<span hidden="">a</span>',
      '<div hidden=until-found>a</div>',
    ]) {
      expect(clean(`${html}b`)).toMatchObject({ html: 'b', text: 'b' })
    }
    expect(clean('<p hidden>a</p>').changes).toEqual([
      { kind: 'element removed', subject: 'p hidden', count: 1 },
    ])
  })

  it('goes without a trace when it is a comment, a doctype or an instruction', ({ expect }) => {
    expect(clean('<!doctype html><!-- a --><?xml version="1.0"?><![CDATA[b]]>c')).toEqual({
      html: 'c',
      text: 'c',
      changes: [],
    })
  })

  it('loses each attribute that is not on the list', ({ expect }) => {
    const { html, changes } = clean(
      '<p id=a class=b style="color:red" onclick="c" data-d=e align=left>f</p><img src=/1.jpg onerror=g loading=lazy style=h alt=i>'
    )
    expect(html).toBe('<p>f</p><img src="https://bao.example/1.jpg" alt="i">')
    expect(changes).toContainEqual({ kind: 'attribute removed', subject: 'style', count: 2 })
    expect(changes).toContainEqual({ kind: 'attribute removed', subject: 'onclick', count: 1 })
  })

  it('has no attribute on one element that only another may have', ({ expect }) => {
    expect(clean('<p href=/a src=/b cite=/c title=d>e</p>').html).toBe('<p>e</p>')
    expect(clean('<blockquote href=/a><a cite=/b>c</a></blockquote>').html).toBe(
      '<blockquote>c</blockquote>'
    )
  })
})

describe('pictures', () => {
  it('behind a lazy one are kept from their noscript', ({ expect }) => {
    expect(
      clean('<img class=lazy data-src=/1.jpg><noscript><img src=/1.jpg alt=a></noscript>').html
    ).toBe('<img src="https://bao.example/1.jpg" alt="a">')
  })

  it('that wait for a script show what they wait for', ({ expect }) => {
    for (const name of ['data-src', 'data-original', 'data-lazy-src']) {
      expect(clean(`<img src="" ${name}=/1.jpg alt=a>`).html).toBe(
        '<img src="https://bao.example/1.jpg" alt="a">'
      )
    }
    expect(clean('<img src="data:image/gif;base64,R0lGOD" data-src=/1.jpg>')).toMatchObject({
      html: '<img src="https://bao.example/1.jpg">',
      changes: [{ kind: 'url resolved', subject: 'img src', count: 1 }],
    })
    expect(clean('<img data-src=/1.jpg><noscript>không có ảnh</noscript>').html).toBe(
      '<img src="https://bao.example/1.jpg">không có ảnh'
    )
    expect(clean('<img src=/0.jpg data-src=/1.jpg>').html).toBe(
      '<img src="https://bao.example/0.jpg">'
    )
    expect(clean('<img data-src="javascript:a">').html).toBe('')
  })

  it('without an address are left out', ({ expect }) => {
    expect(clean('<p>a<img alt=b><img src="javascript:c"><img srcset="/1.jpg 2x"></p>').html).toBe(
      '<p>a</p>'
    )
    expect(clean('<picture><source type=image/avif><img src=/1.jpg></picture>').html).toBe(
      '<picture><img src="https://bao.example/1.jpg"></picture>'
    )
  })

  it('of one pixel or none are left out, and reported', ({ expect }) => {
    const trackers = [
      'width=1 height=1',
      'width=0 height=0',
      'width="1px" height=" 1 "',
      'height=0 width=1',
    ]
    for (const size of trackers) {
      expect(clean(`<p>a<img src="https://dem.example/?b" ${size}></p>`), size).toMatchObject({
        html: '<p>a</p>',
        changes: [{ kind: 'tracker removed', subject: 'img', count: 1 }],
      })
    }
  })

  it('that are thin, small or of unknown size stay', ({ expect }) => {
    for (const size of [
      'width="1" height="200"',
      'width="10" height="11"',
      'width="1"',
      'width="1%" height="1%"',
    ]) {
      const html = `<img src="https://anh.example/1.jpg" ${size}>`
      expect(clean(html).html).toBe(html)
    }
  })
})

describe('links', () => {
  it('without an address leave their text', ({ expect }) => {
    expect(clean('<a name=a>b</a> <a>c</a> <a href="javascript:d">e <b>f</b></a>').html).toBe(
      'b c e <b>f</b>'
    )
  })

  it('lose the target and the ping, and keep the rel', ({ expect }) => {
    expect(
      clean('<a href=/1 target=_blank ping=/2 download rel="sponsored noopener">a</a>').html
    ).toBe('<a href="https://bao.example/1" rel="sponsored noopener">a</a>')
  })

  it('take the place of frames of known hosts, with their title or else their address', ({
    expect,
  }) => {
    expect(clean('<iframe src="//VIDEO.example/1" title=" Phóng sự "><p>a</p></iframe>')).toEqual({
      html: '<figure><a href="https://video.example/1">Phóng sự</a></figure>',
      text: 'Phóng sự',
      changes: [{ kind: 'frame linked', subject: 'https://video.example/1', count: 1 }],
    })
    expect(clean('<iframe src="/1?a=b&amp;c=d" title=" "></iframe>').html).toBe(
      '<figure><a href="https://bao.example/1?a=b&amp;c=d">https://bao.example/1?a=b&amp;c=d</a></figure>'
    )
  })

  it('do not take the place of frames of other hosts, however like a known one', ({ expect }) => {
    const hosts = [
      'xau.example',
      'www.video.example',
      'video.example.xau.example',
      'xauvideo.example',
      'video.example:8443',
      'video.example@xau.example',
      'xau.example/video.example',
    ]
    for (const host of hosts) {
      expect(clean(`a<iframe src="https://${host}"></iframe>`), host).toEqual({
        html: 'a',
        text: 'a',
        changes: [{ kind: 'element removed', subject: 'iframe', count: 1 }],
      })
    }
  })

  it('do not take the place of frames that show nothing one could visit', ({ expect }) => {
    const frames = [
      '<iframe>',
      '<iframe src>',
      '<iframe src=" " data-src="/1">',
      '<iframe src="about:blank">',
      '<iframe src="javascript:a">',
      '<iframe src="data:text/html,a">',
      '<iframe src="mailto:a@bao.example">',
      '<iframe srcdoc="<p>a</p>">',
    ]
    for (const frame of frames) {
      expect(clean(`${frame}</iframe>b`), frame).toMatchObject({
        html: 'b',
        changes: [{ kind: 'element removed', subject: 'iframe', count: 1 }],
      })
    }
  })
})

describe('addresses', () => {
  it('are made absolute in every attribute that holds one', ({ expect }) => {
    const resolved = {
      '<a href=2.html>a</a>': '<a href="https://bao.example/tin/2.html">a</a>',
      '<a href=#b>a</a>': '<a href="https://bao.example/tin/bai-1.html#b">a</a>',
      '<img src=/1.jpg>': '<img src="https://bao.example/1.jpg">',
      '<audio src=//anh.example/1.mp3 controls></audio>':
        '<audio src="https://anh.example/1.mp3" controls=""></audio>',
      '<video controls poster=../1.jpg src=?a></video>':
        '<video controls="" poster="https://bao.example/1.jpg" src="https://bao.example/tin/bai-1.html?a"></video>',
      '<video controls><source src=1.mp4><track src=1.vtt></video>':
        '<video controls=""><source src="https://bao.example/tin/1.mp4"><track src="https://bao.example/tin/1.vtt"></video>',
      '<blockquote cite=/2>a</blockquote>':
        '<blockquote cite="https://bao.example/2">a</blockquote>',
      '<q cite=/2>a</q>': '<q cite="https://bao.example/2">a</q>',
      '<del cite=/2>a</del>': '<del cite="https://bao.example/2">a</del>',
      '<ins cite=/2>a</ins>': '<ins cite="https://bao.example/2">a</ins>',
    }
    for (const [html, expected] of Object.entries(resolved)) {
      const { html: cleaned, changes } = clean(html)
      expect(cleaned).toBe(expected)
      expect(changes.map((change) => change.kind)).toContain('url resolved')
    }
  })

  it('are resolved against the article, whatever a base element says', ({ expect }) => {
    expect(clean('<base href="https://xau.example/"><a href=b>a</a>').html).toBe(
      '<a href="https://bao.example/tin/b">a</a>'
    )
  })

  it('that are absolute already are not reported', ({ expect }) => {
    expect(clean('<a href="https://bao.example/2">a</a>').changes).toEqual([])
    expect(clean('<a href=" HTTPS://BAO.example/2 ">a</a>')).toMatchObject({
      html: '<a href="https://bao.example/2">a</a>',
      changes: [],
    })
  })

  it('that are empty mean the article in a link and nothing elsewhere', ({ expect }) => {
    expect(clean('<a href="">a</a>').html).toBe(`<a href="${base}">a</a>`)
    expect(clean('<img src=""><q cite=" ">a</q>')).toMatchObject({
      html: '<q>a</q>',
    })
    expect(clean('<video src="" poster><source src=/1.mp4></video>').html).toBe(
      '<video controls=""><source src="https://bao.example/1.mp4"></video>'
    )
  })

  it('of another scheme go, and are reported', ({ expect }) => {
    const { html, changes } = clean(
      '<a href="javascript:a">b</a><q cite="data:,a">c</q><video poster="javascript:a" src=/1.mp4></video><a href="https://ten:matkhau@bao.example/">d</a>'
    )
    expect(html).toBe('b<q>c</q><video src="https://bao.example/1.mp4" controls=""></video>d')
    expect(changes.filter((change) => change.kind === 'url removed')).toEqual([
      { kind: 'url removed', subject: 'a href', count: 2 },
      { kind: 'url removed', subject: 'q cite', count: 1 },
      { kind: 'url removed', subject: 'video poster', count: 1 },
    ])
  })

  it('may be mail and telephone in links alone', ({ expect }) => {
    expect(clean('<img src="mailto:a@b.example"><q cite="tel:1">a</q>').html).toBe('<q>a</q>')
  })
})

describe('a srcset', () => {
  const srcset = (value: string) =>
    /srcset="([^"]*)"/.exec(clean(`<img src="/1.jpg" srcset="${value}">`).html)?.[1] ?? null

  it('has every candidate made absolute, with its descriptor', ({ expect }) => {
    expect(srcset('1.jpg 1x, /2.jpg 1.5x,//anh.example/3.jpg  640w')).toBe(
      'https://bao.example/tin/1.jpg 1x, https://bao.example/2.jpg 1.5x, https://anh.example/3.jpg 640w'
    )
    expect(srcset('1.jpg')).toBe('https://bao.example/tin/1.jpg')
    expect(srcset('1.jpg, 2.jpg 2x')).toBe(
      'https://bao.example/tin/1.jpg, https://bao.example/tin/2.jpg 2x'
    )
  })

  it('keeps the commas inside an address', ({ expect }) => {
    expect(srcset('/w_640,h_480/1.jpg 640w, /w_1280,h_960/1.jpg 1280w')).toBe(
      'https://bao.example/w_640,h_480/1.jpg 640w, https://bao.example/w_1280,h_960/1.jpg 1280w'
    )
    expect(srcset('/a,b.jpg,/c.jpg')).toBe('https://bao.example/a,b.jpg,/c.jpg')
  })

  it('takes commas at the end of an address for the end of the candidate', ({ expect }) => {
    expect(srcset('/1.jpg, /2.jpg,, /3.jpg,')).toBe(
      'https://bao.example/1.jpg, https://bao.example/2.jpg, https://bao.example/3.jpg'
    )
  })

  it('does not take a second descriptor for an address', ({ expect }) => {
    expect(srcset('/1.jpg 640w 480h, /2.jpg 2x')).toBe(
      'https://bao.example/1.jpg 640w 480h, https://bao.example/2.jpg 2x'
    )
    expect(srcset('/1.jpg javascript:alert(1) 2x')).toBe('https://bao.example/1.jpg 2x')
  })

  it('loses the candidates that may not be, and goes when none is left', ({ expect }) => {
    expect(srcset('javascript:alert(1) 1x, /2.jpg 2x, data:image/png;base64,AAAA 3x')).toBe(
      'https://bao.example/2.jpg 2x'
    )
    expect(srcset('javascript:alert(1)')).toBeNull()
    expect(srcset('')).toBeNull()
    expect(srcset(' , ,, ')).toBeNull()
  })

  it('takes no longer the more commas and spaces it has', ({ expect }) => {
    const started = Date.now()
    for (const part of [',', ' ', ', ', 'a,', ',a', ' a']) {
      expect(
        cleanHtml(`<img src=/1.jpg srcset="${part.repeat(30_000)}">`, surroundings)
      ).not.toBeNull()
    }
    expect(Date.now() - started).toBeLessThan(5000)
  })
})

describe('the text of an article', () => {
  it('has a line for each block', ({ expect }) => {
    const texts = {
      '<p>a</p><p>b <b>c</b></p>': 'a\nb c',
      '<p>a</p>b<div>c</div>d<br>e': 'a\nb\nc\nd\ne',
      '<h1>a</h1><ul><li>b</li><li>c<ul><li>d</li></ul></li></ul>': 'a\nb\nc\nd',
      '<table><tr><th>a<td>b<tr><td>c</table>': 'a\nb\nc',
      '<dl><dt>a<dd>b</dl>': 'a\nb',
      '<figure><img src=/1.jpg alt=x><figcaption>a</figcaption></figure>b': 'a\nb',
      '<blockquote>a</blockquote><details><summary>b</summary>c</details>': 'a\nb\nc',
      '<section>a</section><section>b</section>': 'a\nb',
      'a<hr>b': 'a\nb',
      '<pre>a\nb</pre>': 'a\nb',
      'a<sub>2</sub><span>b</span><a href=/c>c</a>': 'a2bc',
    }
    for (const [html, text] of Object.entries(texts)) expect(clean(html).text, html).toBe(text)
  })

  it('has no empty lines, no runs of spaces and no ends', ({ expect }) => {
    expect(clean(' <p> a \t&nbsp; b </p>\n\n \n<p></p><p>&nbsp;</p><p>c</p> ').text).toBe('a b\nc')
  })

  it('has characters where the HTML has entities', ({ expect }) => {
    expect(clean('<p>&lt;b&gt; &amp;amp; &#7897;</p>').text).toBe('<b> &amp; ộ')
  })

  it('has nothing of what was removed or hidden', ({ expect }) => {
    const html = '<p>a<script>b</script><style>c</style><span hidden>d</span><button>e</button></p>'
    expect(clean(html).text).toBe('a')
    expect(clean('<img src=/1.jpg alt=a><!-- b --><svg><title>c</title></svg>').text).toBe('')
  })
})

describe('the report of changes', () => {
  it('counts each kind by what it was done to', ({ expect }) => {
    const { changes } = clean(
      '<script></script><script></script><style></style><p onclick=a>b</p><i onclick=c>d</i><img src=/1.jpg><img src=/2.jpg><p>\u0001</p>'
    )
    expect(changes).toEqual([
      { kind: 'element removed', subject: 'script', count: 2 },
      { kind: 'element removed', subject: 'style', count: 1 },
      { kind: 'attribute removed', subject: 'onclick', count: 2 },
      { kind: 'url resolved', subject: 'img src', count: 2 },
      { kind: 'characters removed', subject: 'text', count: 1 },
    ])
  })

  it('counts once what it takes several rounds to settle', ({ expect }) => {
    const { html, changes } = clean(
      '<p>a<iframe src=/1></iframe>b<legend>c<img src=/2.jpg></legend></p>'
    )
    expect(clean(html)).toMatchObject({ html, changes: [] })
    expect(changes).toEqual([
      { kind: 'frame linked', subject: 'https://bao.example/1', count: 1 },
      { kind: 'url resolved', subject: 'img src', count: 1 },
    ])
  })

  it('is empty for an article that is clean already', ({ expect }) => {
    const { html } = clean('<p onclick=a>b <img src=/1.jpg><script>c</script></p>')
    expect(clean(html)).toEqual({ html, text: 'b', changes: [] })
  })
})

describe('HTML that no newsroom means', () => {
  const depth = (levels: number) => cleanHtml(`${'<div>'.repeat(levels)}a`, surroundings)
  const attributes = (count: number) =>
    Array.from({ length: count }, (_, index) => `a${index}="b"`).join(' ')

  it('is refused when it nests deeper than the limit', ({ expect }) => {
    expect(depth(elementDepthMax - 10)?.text).toBe('a')
    expect(depth(elementDepthMax + 1)).toBeNull()
    expect(depth(100_000)).toBeNull()
  })

  it('is refused for depth of elements that would be removed or unwrapped as well', ({
    expect,
  }) => {
    for (const tag of ['<span>', '<svg>', '<b>', '<template>', '<object>', '<table><tr><td>']) {
      expect(cleanHtml(tag.repeat(500), surroundings), tag).toBeNull()
    }
  })

  it('is cleaned however long it is when it does not nest', ({ expect }) => {
    expect(cleanHtml('<p>a</p>'.repeat(5000), surroundings)?.html).toHaveLength(8 * 5000)
  })

  it('is refused when a tag has more attributes than the limit', ({ expect }) => {
    expect(cleanHtml(`<p ${attributes(attributesMax)}>a</p>`, surroundings)?.html).toBe('<p>a</p>')
    expect(cleanHtml(`<p ${attributes(attributesMax + 1)}>a</p>`, surroundings)).toBeNull()
  })

  it('is refused for attributes however they are hidden from a simple reader', ({ expect }) => {
    const many = `<p ${attributes(attributesMax + 1)}>`
    for (const before of [
      '<pb="x>',
      '<p x=\u00A0">',
      '<!-- <p x=" -->',
      '<title><p x="</title>',
      "</p x='\">'>",
    ]) {
      expect(cleanHtml(`${before}${many}">`, surroundings), before).toBeNull()
    }
  })

  it('is not refused for what only looks like a tag', ({ expect }) => {
    const words = 'x = y; '.repeat(attributesMax)
    for (const html of [`<script>if (a<b) { ${words} }</script>`, `<!-- <p ${words}> -->`]) {
      expect(cleanHtml(`<p>a</p>${html}`, surroundings)?.html).toBe('<p>a</p>')
    }
  })

  it('is refused when a few unclosed elements are opened again in every block', ({ expect }) => {
    const unclosed = Array.from({ length: 240 }, (_, id) => `<b id=${id}>`).join('')
    const started = Date.now()
    expect(
      cleanHtml(`<div>${unclosed}</div>${'<div>a</div>'.repeat(20_000)}`, surroundings)
    ).toBeNull()
    expect(cleanHtml('<br>'.repeat(elementsMax + 1), surroundings)).toBeNull()
    expect(Date.now() - started).toBeLessThan(5000)
  })
})

describe('plain text as HTML', () => {
  it('is a paragraph for each run of lines and a break for each line', ({ expect }) => {
    const texts = {
      a: '<p>a</p>',
      'a\nb': '<p>a<br>b</p>',
      'a\n\nb': '<p>a</p><p>b</p>',
      'a\r\nb\r\n\r\nc\rd': '<p>a<br>b</p><p>c<br>d</p>',
      'a\n \t\n\n\nb': '<p>a</p><p>b</p>',
      '\n\n a \n  b  \n\n': '<p>a<br>b</p>',
      '  Kinh  tế  ': '<p>Kinh  tế</p>',
    }
    for (const [text, html] of Object.entries(texts)) expect(htmlFromText(text)).toBe(html)
  })

  it('is nothing where there is no text', ({ expect }) => {
    for (const text of ['', ' ', '\n', '\n \n\t\n']) expect(htmlFromText(text)).toBe('')
  })

  it('never becomes elements or entities', ({ expect }) => {
    expect(htmlFromText('<script>a</script> & &lt; "b"')).toBe(
      '<p>&lt;script&gt;a&lt;/script&gt; &amp; &amp;lt; "b"</p>'
    )
  })

  it('says the same once it is cleaned', ({ expect }) => {
    const html = htmlFromText('Đảng bộ <b>\n"Vĩnh Lam" & bà con\n\n1 < 2')
    expect(clean(html)).toEqual({
      html,
      text: 'Đảng bộ <b>\n"Vĩnh Lam" & bà con\n1 < 2',
      changes: [],
    })
  })
})
