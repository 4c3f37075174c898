// The style sheet and the one script of all pages. No I/O.

import { shortHash } from '../lib/short-hash.ts'

// Colours of both themes meet WCAG 2.2 AA: at least 4.5 to 1 for text.
export const styleSheet = `:root{color-scheme:light dark;--ground:light-dark(#fdfcfa,#16181b);--text:light-dark(#1d1d1f,#e9e7e3);--quiet:light-dark(#5a5a5f,#a9a8a6);--line:light-dark(#dedad3,#36393e);--card:light-dark(#f4f1eb,#202327);--accent:light-dark(#a3220f,#ff9d86);--bar:light-dark(#c8452f,#e8785f)}
[data-theme=light]{color-scheme:light}
[data-theme=dark]{color-scheme:dark}
*{box-sizing:border-box}
html{scroll-padding-top:1rem}
body{margin:0 auto;max-width:48rem;padding:0 1rem;background:var(--ground);color:var(--text);font:1.0625rem/1.6 system-ui,sans-serif;overflow-wrap:anywhere}
a{color:var(--accent);text-underline-offset:.15em}
a:hover{text-decoration-thickness:.12em}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:2px}
h1{font-size:clamp(1.6rem,5vw,2.1rem);line-height:1.2;margin:.5rem 0 .75rem;text-wrap:balance}
h2{font-size:1.25rem;line-height:1.3;margin:2.5rem 0 .75rem}
.body h2,.body h3,.body h4{margin:1.75rem 0 .25rem}
h3{font-size:1rem;margin:1.5rem 0 .25rem}
p{margin:.5rem 0}
ul.plain,ol.plain{list-style:none;margin:0;padding:0}
.top{display:flex;flex-wrap:wrap;gap:.5rem 1.25rem;align-items:center;padding:.9rem 0;border-bottom:1px solid var(--line);margin-bottom:1.5rem}
.top .brand{font-weight:700;font-size:1.2rem;color:var(--text);text-decoration:none}
.top nav ul{display:flex;gap:1rem}
.top form{margin-inline-start:auto}
form.search{display:flex;gap:.5rem;max-width:100%}
input,textarea,button{font:inherit;color:inherit}
input[type=search]{min-width:0;width:100%;padding:.3rem .6rem;border:1px solid var(--quiet);border-radius:.4rem;background:var(--ground)}
.top input{width:11rem}
textarea{display:block;width:100%;padding:.6rem;border:1px solid var(--line);border-radius:.4rem;background:var(--card);font:.85rem/1.5 ui-monospace,monospace;resize:vertical}
button{padding:.3rem .8rem;border:1px solid var(--quiet);border-radius:.4rem;background:var(--card);cursor:pointer;white-space:nowrap}
button:hover{border-color:var(--accent)}
.quiet{color:var(--quiet);font-size:.92rem}
.lead{font-size:1.15rem;line-height:1.55}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,20rem),1fr));gap:0 2rem}
.grid>li{display:flex;align-items:center;gap:.75rem;justify-content:space-between;padding:.45rem 0;border-bottom:1px solid var(--line)}
.grid .lively{flex:none;text-align:end;line-height:1.2}
.grid .lively span{display:block;font-size:.8rem;color:var(--quiet)}
svg.bars{stroke:var(--bar);stroke-width:6;vertical-align:middle}
.articles>li{padding:.6rem 0;border-bottom:1px solid var(--line)}
.articles>li>a{color:var(--text);font-weight:600;text-decoration:none}
.articles>li>a:hover{color:var(--accent);text-decoration:underline}
.articles p{margin:.15rem 0}
.day{font-size:1rem;margin:1.75rem 0 .25rem;padding-bottom:.25rem;border-bottom:2px solid var(--line)}
.panel{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.25rem 1.1rem 1rem;margin:1.5rem 0}
.panel h2{margin-top:.8rem}
.addresses>li{display:flex;gap:.5rem .75rem;align-items:center;flex-wrap:wrap;padding:.35rem 0}
.addresses b{flex:0 0 6.5rem}
.addresses a{flex:1 1 14rem;font-size:.92rem}
.readers{display:flex;flex-wrap:wrap;gap:.5rem}
.readers a{display:inline-block;padding:.3rem .8rem;border:1px solid var(--accent);border-radius:1rem;text-decoration:none}
.tags{display:flex;flex-wrap:wrap;gap:.25rem 1rem}
.code{margin:.5rem 0}
.code button{margin-top:.4rem}
.steps{padding-inline-start:1.4rem}
.steps li{margin:.35rem 0}
.note h2{margin:.4rem 0}
.note{border-inline-start:4px solid var(--accent);background:var(--card);padding:.4rem 1rem;margin:1.25rem 0}
.facts{display:grid;grid-template-columns:max-content 1fr;gap:.3rem 1rem;margin:1.5rem 0}
.facts dt{color:var(--quiet)}
.facts dd{margin:0}
dd{margin-inline-start:1rem}
.body p{margin:.8rem 0}
.body img,.body video,figure img{max-width:100%;height:auto;border-radius:.3rem;background:var(--card)}
.body pre,.body table{display:block;max-width:100%;overflow-x:auto}
.body td,.body th{border:1px solid var(--line);padding:.25rem .6rem;text-align:start}
.body table{border-collapse:collapse}
.body blockquote{margin:1rem 0;padding-inline-start:1rem;border-inline-start:3px solid var(--line)}
figure{margin:1.25rem 0}
figcaption{color:var(--quiet);font-size:.9rem;margin-top:.3rem}
.foot{margin-top:3rem;padding:1rem 0 2rem;border-top:1px solid var(--line);color:var(--quiet);font-size:.92rem}
.foot ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:.5rem 0}
.foot [aria-current]{color:inherit;font-weight:600;text-decoration:none}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
a.hidden:focus{position:static;width:auto;height:auto;clip-path:none}
.box{max-width:none;padding:.75rem 1rem;font-size:.95rem}
.box h1{font-size:1.05rem;margin:0 0 .25rem}
.box h1 a{color:inherit;text-decoration:none}
.box .articles>li{padding:.45rem 0}
.box .articles>li:last-child{border:0}
@media(max-width:30rem){.top form{margin:0;width:100%}.top input{width:100%}.facts{grid-template-columns:1fr;gap:0}.facts dd{margin-bottom:.5rem}.addresses b{flex-basis:100%;margin-bottom:-.4rem}}
@media print{.top nav,.top form,.foot,.panel{display:none}}
`

// Copy buttons are there only where this runs; what they copy can be selected without.
export const script = `const told = document.getElementById('told')
let settle = () => {}
for (const button of document.querySelectorAll('button[data-copy]')) {
  const target = document.getElementById(button.dataset.copy)
  const label = button.textContent
  button.hidden = false
  button.addEventListener('click', async () => {
    settle()
    try {
      await navigator.clipboard.writeText(target.value ?? target.textContent)
    } catch {
      if (target.select) target.select()
      else getSelection().selectAllChildren(target)
      document.execCommand('copy')
      button.focus()
    }
    button.textContent = told.textContent = button.dataset.done
    const timer = setTimeout(() => settle(), 3000)
    settle = () => {
      clearTimeout(timer)
      button.textContent = label
      told.textContent = ''
    }
  })
}
`

/** Where pages find them: another address when they are others, so that no cache keeps an old pair. */
export const styleSheetPath = `/style.css?v=${shortHash(styleSheet).toString(36)}`
export const scriptPath = `/page.js?v=${shortHash(script).toString(36)}`
