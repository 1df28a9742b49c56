/** The window of a call by browser. It is a window of its own so that the visitor can go on browsing while he talks. */
export function talkPage(): string {
  return (
    `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Talk to us</title>` +
    `<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">` +
    `<meta name="color-scheme" content="light dark"><link rel="stylesheet" href="card.css"></head>` +
    `<body class="warmline-page"><main class="warmline" id="talk"><h1>Talk to us</h1>` +
    `<noscript><p>Talking by browser needs JavaScript. Please close this window and let us call you.</p></noscript>` +
    `</main><script type="module" src="talk.js"></script></body></html>`
  );
}
