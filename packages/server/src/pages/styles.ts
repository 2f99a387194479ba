import { inlineStyle } from './inline.ts'

/*
 * One sheet for every screen. The tenant's colours come as variables (theme.ts); the greys are ours, so that contrast holds
 * whatever a tenant chooses. Logical properties throughout: Arabic needs no second sheet.
 */

const ground = `
*,::before,::after{box-sizing:border-box}
:root{color-scheme:light dark;--surface:#fff;--raised:#f5f6f9;--ink:#14171f;--muted:#565d6d;--line:#e3e6ec;--field:#868d9b;--bad:#b3261e;--bad-surface:#fdf1f0;--good:#146c43;--radius:.875rem;--shadow:0 1px 2px rgb(16 20 32/.05),0 18px 48px -12px rgb(16 20 32/.16)}
@media(prefers-color-scheme:dark){:root{--surface:#17191f;--raised:#20232b;--ink:#eff1f5;--muted:#a6adbb;--line:#2d313b;--field:#737b8a;--bad:#ffb4ab;--bad-surface:#35211f;--good:#7fd6a6;--shadow:0 0 0 1px #262a33,0 24px 64px -16px rgb(0 0 0/.7)}}
[hidden]{display:none!important}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;min-height:100vh;min-height:100dvh;display:flex;flex-direction:column;background:radial-gradient(60rem 20rem at 50% -8rem,color-mix(in srgb,var(--primary) 10%,transparent),transparent) no-repeat var(--surface);color:var(--ink);font:400 1rem/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','Helvetica Neue',Arial,sans-serif;-webkit-font-smoothing:antialiased;overflow-wrap:anywhere}
h1,h2,h3,p,ul,dl,dd,ol{margin:0;padding:0}
h1,.left h2{font-size:1.75rem;line-height:1.2;font-weight:680;letter-spacing:-.022em;text-wrap:balance}
:lang(ar) h1,:lang(ar) h2{letter-spacing:0;line-height:1.35}
h1:focus,h2:focus{outline:none}
svg{display:block;flex:none}
a{color:var(--accent);text-underline-offset:.2em}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
::selection{background:var(--primary);color:var(--on-primary)}
`

const frame = `
.card{position:relative;flex:1;display:flex;flex-direction:column;width:100%;max-width:30rem;margin:0 auto;padding:max(1.5rem,env(safe-area-inset-top)) max(1.5rem,env(safe-area-inset-right)) max(1.5rem,env(safe-area-inset-bottom)) max(1.5rem,env(safe-area-inset-left))}
.brand{display:flex;align-items:center;gap:.75rem;min-height:2.75rem;font-weight:600;letter-spacing:-.01em}
.brand img{display:block;height:2.5rem;width:auto;max-width:12rem;object-fit:contain}
.tile{display:grid;place-items:center;flex:none;width:2.5rem;height:2.5rem;border-radius:.75rem;background:var(--primary);color:var(--on-primary);box-shadow:inset 0 0 0 1px var(--edge);font-size:1.125rem;font-weight:700;letter-spacing:0;text-transform:uppercase}
main{flex:1;padding-block:clamp(1.75rem,6vh,3.5rem) 2rem}
.lead{margin-top:.625rem;color:var(--muted);font-size:1.0625rem;text-wrap:pretty}
.lead bdi{color:var(--ink);font-weight:600}
.foot{padding-top:1.25rem;border-top:1px solid var(--line);color:var(--muted);font-size:.9375rem}
.foot a{display:inline-block;padding-block:.75rem;margin-block:-.75rem}
form,.stack{display:grid;gap:1.25rem;margin-top:2rem}
.buttons{display:grid;gap:.75rem}
.halo{display:grid;place-items:center;width:4rem;height:4rem;margin-bottom:1.5rem;border-radius:1.25rem;background:var(--raised);color:var(--accent)}
.halo.good{background:color-mix(in srgb,var(--good) 11%,var(--surface));color:var(--good)}
.halo.bad{background:var(--bad-surface);color:var(--bad)}
[dir=rtl] .turn{transform:scaleX(-1)}
@media(min-width:40rem) and (min-height:30rem){
body{justify-content:center;padding:1.5rem;background:radial-gradient(90rem 40rem at 50% -18rem,color-mix(in srgb,var(--primary) 16%,transparent),transparent) no-repeat var(--page)}
.card{flex:none;width:27.5rem;padding:2.25rem 2.5rem;border-radius:1.75rem;background:var(--surface);box-shadow:var(--shadow)}
main{padding-block:1.75rem 0}
form,.stack{margin-top:1.75rem;gap:1.125rem}
.foot{margin-top:1.5rem}
}
`

const controls = `
.field{display:grid;gap:.4375rem}
label{font-size:.9375rem;font-weight:560}
.box{position:relative}
input{appearance:none;width:100%;height:3.25rem;padding:0 1rem;border:1px solid var(--field);border-radius:var(--radius);background:var(--surface);color:inherit;font:inherit;transition:border-color .15s,box-shadow .15s}
input:hover{border-color:var(--ink)}
input:focus{outline:2px solid transparent;border-color:var(--accent);box-shadow:0 0 0 1px var(--accent),0 0 0 4px color-mix(in srgb,var(--accent) 18%,transparent)}
input[aria-invalid=true]{border-color:var(--bad)}
input:autofill{-webkit-text-fill-color:var(--ink);box-shadow:inset 0 0 0 4rem var(--raised)}
#password{padding-inline-end:3.5rem}
button,.button{appearance:none;display:flex;align-items:center;justify-content:center;gap:.75rem;width:100%;min-height:3.25rem;padding:.6875rem 1.25rem;border:1px solid transparent;border-radius:var(--radius);background:none;color:var(--ink);font:inherit;font-weight:600;letter-spacing:-.005em;text-align:center;text-decoration:none;cursor:pointer;touch-action:manipulation;transition:background-color .15s,border-color .15s,transform .1s}
button:active,.button:active{transform:scale(.985)}
.primary{background:var(--primary);color:var(--on-primary);border-color:var(--edge);box-shadow:0 1px 2px rgb(16 20 32/.12)}
.primary:hover{background:var(--primary-hover)}
.outline{border-color:var(--field);font-weight:560}
.outline:hover,.quiet:hover{background:var(--raised)}
.quiet{color:var(--muted);font-weight:560}
.quiet:hover{color:var(--ink)}
.outline img{width:1.25rem;height:1.25rem;object-fit:contain}
#reveal{position:absolute;inset-block:.25rem;inset-inline-end:.25rem;width:2.75rem;min-height:0;padding:0;border-radius:.6875rem;color:var(--muted)}
#reveal[aria-pressed=true] .eye,#reveal[aria-pressed=false] .eye-off{display:none}
form[aria-busy=true] .primary{cursor:progress;opacity:.75}
.or{display:flex;align-items:center;gap:1rem;color:var(--muted);font-size:.875rem}
.or::before,.or::after{content:'';flex:1;height:1px;background:var(--line)}
.problem{display:flex;gap:.75rem;padding:.875rem 1rem;border-radius:var(--radius);background:var(--bad-surface);color:var(--bad);font-size:.9375rem;font-weight:540}
.problem:focus{outline:2px solid var(--bad);outline-offset:0}
.problem svg{margin-top:.0625rem}
`

const panels = `
.panel{padding:1rem;border:1px solid var(--line);border-radius:1.125rem}
.who{display:flex;align-items:center;gap:.875rem}
.who>div{min-width:0}
.who .name{font-weight:600}
.who .small,.small{color:var(--muted);font-size:.875rem;line-height:1.45}
.who img{width:2.75rem;height:2.75rem;border-radius:.75rem;object-fit:contain;flex:none}
.who .tile{width:2.75rem;height:2.75rem}
.face{border-radius:50%;background:var(--raised);color:var(--ink);box-shadow:inset 0 0 0 1px var(--line)}
.who.panel+.panel{margin-top:-.5rem}
.badge{display:inline-flex;align-items:center;gap:.375rem;margin-top:.375rem;padding:.1875rem .625rem .1875rem .5rem;border-radius:99rem;background:var(--raised);font-size:.8125rem;font-weight:600;line-height:1.4}
.badge.good{color:var(--good)}
.badge.bad{background:var(--bad-surface);color:var(--bad)}
.account button{min-height:2.75rem;margin-top:.75rem;padding-block:.25rem;background:var(--raised);font-weight:560;font-size:.9375rem}
.account button:hover{background:var(--line)}
.choice{justify-content:flex-start;text-align:start;padding:.75rem 1rem}
.choice .small{display:block;font-weight:400}
.scopes h2{font-size:1rem;font-weight:600}
.scopes h2 bdi{font-weight:700}
.scopes ul{display:grid;gap:.75rem;margin-top:.875rem;list-style:none}
.scopes li{display:flex;gap:.75rem}
.scopes svg{margin-top:.125rem;color:var(--accent)}
.scopes .small{display:block}
.warning{color:var(--muted);font-size:.9375rem}
.warning bdi{color:var(--ink);font-weight:600}
.reference{margin-top:2rem}
.reference code{display:block;width:fit-content;margin:.125rem 0 .375rem;color:var(--ink);font-size:1.0625rem;font-weight:600}
code{font-family:ui-monospace,SFMono-Regular,'Cascadia Mono',Menlo,Consolas,'Liberation Mono',monospace;font-size:.875rem;overflow-wrap:anywhere}
.developers{margin-top:1rem;text-align:start}
.developers h2{font-size:1rem;font-weight:600}
.developers p{margin-top:.5rem;font-size:.9375rem}
.developers dl{display:grid;gap:.75rem;margin-top:.875rem}
.developers dt{color:var(--muted);font-size:.8125rem;font-weight:600}
.developers dd code{display:block;padding:.5rem .75rem;border-radius:.625rem;background:var(--raised)}
.developers dd ul{display:grid;gap:.25rem;padding-inline-start:1.125rem;font-size:.9375rem}
.stack+.reference{margin-top:1.25rem}
`

const preferences = `
@media(prefers-reduced-motion:reduce){*,::before,::after{transition:none!important;animation:none!important;transform:none}}
@media(prefers-contrast:more){:root{--line:var(--field);--muted:var(--ink);--field:var(--ink)}}
@media(forced-colors:active){.card,.tile,.badge,.problem,.primary,.halo{border:1px solid}input:focus{outline-color:Highlight}}
`

export const stylesheet = inlineStyle((ground + frame + controls + panels + preferences).replaceAll('\n', ''))
