/** Texts that run code where they are not escaped. Each calls `pwned`, opens a dialog, or adds an element `x-injected`. */
export const hostileTexts: readonly string[] = [
  '<script>pwned(1)</script>',
  '</script><script>pwned(2)</script>',
  '<img src=x onerror=pwned(3)>',
  '"><svg onload=pwned(4)>',
  "'><x-injected onclick=pwned(5)>",
  '<!--<script>pwned(6)//--></x-injected>',
  '[link](javascript:pwned(7))',
  '[link](&#106;avascript:pwned(8))',
  '![image](x" onerror="pwned(9))',
  '<a href="jAvAsCrIpT:pwned(10)">x</a>',
  '</title></style></textarea><x-injected>',
  '`</code><x-injected>`',
  '<https://x.example/"onmouseover="pwned(11)>',
  '<iframe srcdoc="<script>parent.pwned(12)</script>">',
  '{{constructor.constructor("pwned(13)")()}}',
  '<math><mtext></mtext><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=pwned(14)&gt;">',
  '\u2028</script\u2029><x-injected>',
  '[x]: data:text/html;base64,PHNjcmlwdD5wd25lZCgxNSk8L3NjcmlwdD4=',
]

export const allHostile = hostileTexts.join(' ')
