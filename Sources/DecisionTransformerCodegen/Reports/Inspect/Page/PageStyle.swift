/// The page's style sheet. Colours are tints of one hue for each role, so that text stays dark on light, and light
/// on dark.
package enum PageStyle {
  package static let text: StaticString = """
    :root {
      color-scheme: light dark;
      --ground: #f6f7f9; --surface: #ffffff; --sunken: #eef0f4; --line: #d9dde5;
      --text: #1b2130; --soft: #59637a; --accent: #c2410c; --accent-soft: #fdeee5;
      --tint: 26%; --edge: 78%; --shade: rgb(27 33 48 / 26%);
      --embedding: #7c5cd6; --query: #2f6fde; --attention: #0e9aa7; --output: #1a9d6c;
      --inner: #d98b06; --outer: #d4567e; --head: #6a9a1f; --timesteps: #6b7a90; --other: #98a1b1;
      --kept: #8b98ab; --recomputed: #2f6fde; --act: #d9480f; --appended: #0e9aa7; --unused: #dfe3ea;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --ground: #0f131a; --surface: #171c26; --sunken: #10141c; --line: #2c3444;
        --text: #e8ecf4; --soft: #9aa6bb; --accent: #fb923c; --accent-soft: #2e2018;
        --tint: 34%; --edge: 82%; --shade: rgb(0 0 0 / 70%);
        --embedding: #a48bf0; --query: #6ca0ff; --attention: #3cc3cf; --output: #45c794;
        --inner: #eeb04a; --outer: #f07fa3; --head: #a0cf55; --timesteps: #93a3ba; --other: #7b8599;
        --kept: #66738a; --recomputed: #5b93fb; --act: #fb7a3c; --appended: #3cc3cf; --unused: #262d3a;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0; background: var(--ground); color: var(--text);
      font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
      font-variant-numeric: tabular-nums;
    }
    header, main, footer { max-width: 1160px; margin: 0 auto; padding: 0 20px; }
    header { padding-top: 36px; }
    h1 { font-size: 40px; line-height: 1.1; letter-spacing: -0.02em; margin: 0; overflow-wrap: anywhere; }
    h2 { font-size: 22px; letter-spacing: -0.01em; margin: 0; }
    h3 { font-size: 16px; margin: 0; display: flex; align-items: center; gap: 10px; flex-wrap: wrap; }
    .kicker { margin: 0 0 4px; color: var(--soft); font-size: 13px; letter-spacing: 0.02em; }
    .shape { margin: 10px 0 22px; color: var(--soft); }
    .introduction { margin: 4px 0 18px; color: var(--soft); max-width: 80ch; overflow-wrap: anywhere; }
    .note { margin: 2px 0 12px; color: var(--soft); font-size: 13px; max-width: 90ch; }
    code { font: 12.5px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
    a { color: inherit; }
    .skip { position: absolute; left: -999px; }
    .skip:focus { left: 20px; top: 8px; }
    .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); gap: 10px; margin: 0; }
    .cards div { background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: 11px 14px; }
    .cards dt { color: var(--soft); font-size: 12.5px; }
    .cards dd { margin: 0; display: flex; flex-direction: column; }
    .cards dd b { font-size: 21px; line-height: 1.3; font-weight: 650; letter-spacing: -0.01em; }
    .cards dd span { color: var(--soft); font-size: 12.5px; }
    .cards div:first-child { border-color: var(--accent); background: var(--accent-soft); }
    nav { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 20px 0 0; font-size: 14px; }
    nav a { color: var(--soft); text-decoration-thickness: 1px; text-underline-offset: 4px; }
    section {
      background: var(--surface); border: 1px solid var(--line); border-radius: 14px;
      padding: 24px 26px; margin: 18px 0; scroll-margin-top: 10px;
    }
    footer { padding: 6px 20px 40px; color: var(--soft); font-size: 12px; overflow-wrap: anywhere; }
    figure { margin: 0; }

    .role-embedding { --c: var(--embedding); } .role-query { --c: var(--query); }
    .role-attention { --c: var(--attention); } .role-output { --c: var(--output); }
    .role-inner { --c: var(--inner); } .role-outer { --c: var(--outer); }
    .role-head { --c: var(--head); } .role-timesteps { --c: var(--timesteps); }
    .role-other { --c: var(--other); }
    .state-kept { --c: var(--kept); } .state-recomputed { --c: var(--recomputed); }
    .state-act { --c: var(--act); } .state-appended { --c: var(--appended); }
    .state-unused { --c: var(--unused); }

    .legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 0 0 14px; padding: 0;
      font-size: 12.5px; color: var(--soft); }
    .legend li { display: flex; align-items: center; gap: 6px; }
    .swatch { display: inline-block; flex: none; width: 12px; height: 12px; border-radius: 3px;
      background: color-mix(in srgb, var(--c) var(--edge), var(--surface)); }

    .mark { font: inherit; color: inherit; text-align: left; margin: 0; padding: 0; border: 0; cursor: pointer;
      min-width: 0; }
    .mark:focus-visible { outline: 2px solid var(--text); outline-offset: 1px; z-index: 2; }
    .mark[aria-pressed=true] { outline: 2px solid var(--accent); outline-offset: 1px; z-index: 2; }

    .map { display: flex; flex-direction: column; }
    .map-row { display: flex; min-height: 0; }
    .map-title { flex: none; width: 148px; padding: 2px 12px 0 0; font-size: 12.5px; line-height: 1.35; overflow: hidden;
      display: flex; flex-direction: column; }
    .map-title span { color: var(--soft); }
    .map-fields { flex: 1; display: flex; min-width: 0; }
    .map-row.thin { align-items: center; min-height: 20px; }
    .map-row.thin .map-title { padding: 0; flex-direction: row; gap: 8px; }
    .map-row.thin i { background: color-mix(in srgb, var(--c) var(--edge), var(--surface)); }
    /* Without padding of its own, which would not be in proportion to bytes. */
    .field { position: relative; container-type: size; overflow: hidden; display: flex; flex-direction: column;
      justify-content: start; font-size: 12.5px; line-height: 1.35; white-space: nowrap;
      background: color-mix(in srgb, var(--c) var(--tint), var(--surface));
      box-shadow: inset 0 0 0 0.5px var(--surface), inset 0 3px 0 -0.5px color-mix(in srgb, var(--c) var(--edge), var(--surface)); }
    .field b, .field span { padding: 0 8px; }
    .field b { padding-top: 6px; }
    .field.shown { background: color-mix(in srgb, var(--c) calc(var(--tint) + 22%), var(--surface)); }
    .field.mark:focus-visible, .field.mark[aria-pressed=true] { outline-offset: -2px; }
    /* A name that does not fit stands upright, and one that does not fit so either is left out, whole. */
    @container (max-width: 76px) { .field span { display: none; } }
    @container (max-height: 58px) { .field span { display: none; } }
    @container (max-width: 70px) { .mark.field b { writing-mode: vertical-rl; padding: 8px 0 0; line-height: 1.3; align-self: center; } }
    @container (max-width: 104px) { .field.long span { display: none; }
      .field.long b { writing-mode: vertical-rl; padding: 8px 0 0; line-height: 1.3; align-self: center; } }
    @container (max-width: 104px) and (max-height: 104px) { .field.long b { font-size: 11px; } }
    @container (max-width: 164px) { .field.longest span { display: none; }
      .field.longest b { writing-mode: vertical-rl; padding: 8px 0 0; line-height: 1.3; align-self: center; font-size: 10.5px; } }
    @container (max-width: 70px) and (max-height: 60px) { .field b { display: none; } }
    @container (max-width: 104px) and (max-height: 78px) { .field.long b { display: none; } }
    @container (max-width: 164px) and (max-height: 138px) { .field.longest b { display: none; } }
    @container (max-width: 18px) { .field b { display: none; } }
    @container (max-height: 22px) { .field b { display: none; } }
    .map.enlarged { flex-direction: row; gap: 14px; margin-top: 0; }
    .enlarged-group { min-width: min-content; }
    .enlarged-group .map-fields { height: 140px; }
    .enlarged-group .field { min-width: 20px; }
    .enlarged-group .map-title { width: auto; padding-top: 4px; flex-direction: row; flex-wrap: wrap; gap: 0 8px; white-space: nowrap; }
    .map + .note { margin-top: 16px; margin-bottom: 8px; }

    .panel { margin: 14px 0; }
    .panel.showing { background: var(--sunken); border: 1px solid var(--line); border-radius: 10px; padding: 12px 16px;
      position: sticky; bottom: 10px; z-index: 3; max-height: 45vh; overflow: auto; }
    .panel .hint { margin: 0; color: var(--soft); font-size: 13px; }
    .panel dl { margin: 0; display: flex; flex-wrap: wrap; gap: 8px 26px; }
    .panel dt { color: var(--soft); font-size: 12px; }
    .panel dd { margin: 0; font-size: 14px; overflow-wrap: anywhere; }
    .panel div:first-child dd { font-weight: 650; }

    details { margin-top: 8px; }
    summary { cursor: pointer; font-size: 13.5px; color: var(--soft); padding: 4px 0; }
    /* Where columns lie outside, the edge has a shadow. */
    .scroll { overflow-x: auto; margin-top: 8px;
      background: linear-gradient(to right, var(--surface) 50%, transparent) left / 48px 100% no-repeat local,
        linear-gradient(to left, var(--surface) 50%, transparent) right / 48px 100% no-repeat local,
        linear-gradient(to right, var(--shade), transparent) left / 14px 100% no-repeat scroll,
        linear-gradient(to left, var(--shade), transparent) right / 14px 100% no-repeat scroll; }
    table { border-collapse: collapse; width: 100%; font-size: 13px; }
    caption { text-align: left; color: var(--soft); font-size: 12.5px; padding: 0 0 6px; }
    details caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    th, td { text-align: left; padding: 5px 14px 5px 0; border-top: 1px solid var(--line); vertical-align: top;
      white-space: nowrap; font-weight: 400; }
    thead th { color: var(--soft); font-size: 12px; border-top: 0; }
    tbody th { font-weight: 600; }
    .number { text-align: right; }

    .overview { margin-bottom: 20px; }
    .scale-line { display: flex; align-items: center; margin: 0 0 6px; }
    .scale-title { flex: none; width: 148px; padding-right: 12px; font-size: 12.5px; line-height: 1.35; display: flex;
      flex-direction: column; }
    .scale-title span { color: var(--soft); }
    .scale-track { flex: 1; display: flex; height: 34px; background: var(--sunken); border-radius: 6px; overflow: hidden; }
    .scale-bar { flex: none; background: color-mix(in srgb, var(--query) 45%, var(--surface)); }
    .scale-bar.critical { background: var(--act); min-width: 3px; }
    .scale-bar.plain { background: color-mix(in srgb, var(--other) 55%, var(--surface)); }
    .overview figcaption { font-size: 12.5px; color: var(--soft); margin: 8px 0 0; }
    .overview .swatch { margin: 0 6px -1px 0; }
    .swatch.critical { background: var(--act); }
    .swatch.preparation { background: color-mix(in srgb, var(--query) 45%, var(--surface)); }
    .swatch.plain { background: color-mix(in srgb, var(--other) 55%, var(--surface)); }

    .phase { margin: 0 0 18px; padding: 2px 0 2px 16px; border-left: 3px solid var(--line); }
    .phase.critical { border-left-color: var(--act); }
    .badge { font-size: 11.5px; font-weight: 600; padding: 1px 9px; border-radius: 99px; color: var(--accent);
      background: var(--accent-soft); border: 1px solid var(--accent); }
    .lane { display: flex; align-items: center; margin: 0 0 4px; }
    .lane-title { flex: none; width: 190px; padding-right: 12px; display: flex; justify-content: space-between; gap: 10px;
      font-size: 12px; align-items: baseline; }
    .lane-title span { color: var(--soft); white-space: nowrap; }
    .lane-track { flex: 1; min-width: 0; height: 24px; background: var(--sunken); border-radius: 4px; }
    .lane-bars { display: flex; height: 100%; min-width: min-content; border-radius: 4px; overflow: hidden; }
    .bar { height: 100%; min-width: 4px; background: color-mix(in srgb, var(--c) calc(var(--edge) - 14%), var(--surface));
      box-shadow: inset -1px 0 0 var(--surface); }
    .bar.shown { background: var(--c); }
    .bar.mark:focus-visible, .bar.mark[aria-pressed=true] { outline-offset: -2px; }

    .window { padding-bottom: 2px; }
    .window-row { display: flex; align-items: stretch; margin: 0 0 3px; }
    .window-row.first { margin-top: 12px; }
    .window-title { flex: none; width: 148px; padding-right: 12px; font-size: 12px; line-height: 1.3; display: flex;
      flex-direction: column; justify-content: end; }
    .window-title span { color: var(--soft); }
    .runs { flex: 1; min-width: 0; display: flex; }
    .run { display: flex; background: none; }
    .run i { flex: 1 1 0; min-width: 0; height: 20px; margin: 0 0.75px; border-radius: 2px; display: flex; align-items: center;
      justify-content: center; background: color-mix(in srgb, var(--c) var(--edge), var(--surface)); font-style: normal;
      font-size: 10px; line-height: 1; overflow: hidden; }
    .run i:nth-child(3n) { margin-right: 1.5px; }
    .run.state-unused i { background: none; box-shadow: inset 0 0 0 1px var(--line); }
    .run.shown i { background: var(--c); }
    .run.state-unused.shown i { background: var(--unused); }
    .run i.gap { background: none; box-shadow: none; color: var(--soft); }
    .window .axis i { height: 7px; border-radius: 1px; }
    .token-return { --c: var(--timesteps); } .token-state { --c: var(--text); } .token-action { --c: var(--head); }
    .legend .token-return, .legend .token-state, .legend .token-action { height: 6px; }
    .swatch.state-unused { background: none; box-shadow: inset 0 0 0 1px var(--soft); }
    .window .axis i.gap { background: none; }

    .error-line, .latency-line { display: flex; align-items: center; margin: 0; }
    .error-title, .latency-title { flex: none; width: 190px; padding-right: 16px; font-size: 12.5px; line-height: 1.35; display: flex;
      flex-direction: column; }
    .error-title span, .latency-title span { color: var(--soft); }
    .error-track { position: relative; flex: 1; height: 40px; border-bottom: 1px solid var(--line); }
    .error-line.axis .error-track { height: 22px; }
    .tick { position: absolute; transform: translateX(-50%); font-size: 11.5px; color: var(--soft); white-space: nowrap; }
    .dot { position: absolute; top: 50%; width: 11px; height: 11px; transform: translate(-50%, -50%); border-radius: 50%; }
    .span { position: absolute; top: 50%; height: 4px; margin-top: -2px; border-radius: 2px; }
    .span.error-range { background: color-mix(in srgb, var(--query) 35%, var(--surface)); }
    .span.error-rounding { height: 8px; margin-top: -4px; min-width: 3px; border-radius: 4px; }
    .error-mean { background: color-mix(in srgb, var(--query) 60%, var(--surface)); }
    .error-largest { background: var(--query); }
    .error-rounding { background: var(--inner); }
    .dot.error-tolerance, .swatch.error-tolerance { width: 3px; border-radius: 1px; background: var(--act); }
    .dot.error-tolerance { height: 18px; }
    .dot.error-magnitude, .swatch.error-magnitude { background: none; box-shadow: inset 0 0 0 2px var(--other); border-radius: 50%; }
    .errors { margin-bottom: 18px; padding-right: 12px; }

    .step-errors { display: grid; grid-template-columns: 44px 1fr; margin-bottom: 18px; padding: 8px 12px 0 0; }
    .step-scale { position: relative; }
    .step-scale .tick { right: 8px; transform: translateY(50%); line-height: 1; }
    .step-track { height: 150px; border: solid var(--line); border-width: 0 0 1px 1px; }
    .step-track svg { display: block; width: 100%; height: 100%; }
    .step-track polyline { fill: none; stroke: var(--c); stroke-width: 1.5px; vector-effect: non-scaling-stroke; }
    .step-track .step-tolerance { stroke-dasharray: 5 4; }
    .step-axis { grid-column: 2; display: flex; justify-content: space-between; color: var(--soft); font-size: 11.5px; }
    .step-reference { --c: var(--other); } .step-packed { --c: var(--query); } .step-tolerance { --c: var(--act); }

    .period { margin: 0 0 18px; max-width: 80ch; }
    .latencies { margin-bottom: 18px; padding-right: 12px; }
    .grid { position: absolute; top: 0; bottom: 0; width: 0; border-left: 1px solid var(--line); }
    .latency-line { align-items: end; }
    .latency-track { position: relative; flex: 1; height: 84px; margin-top: 8px; border-bottom: 1px solid var(--line); }
    .latency-line.axis .latency-track { height: 22px; margin-top: 2px; border: 0; }
    .latency-track svg { position: absolute; inset: 0; width: 100%; height: 100%; fill: color-mix(in srgb, var(--query) 62%, var(--surface)); }
    .latency-line:first-child svg { fill: var(--act); }
    .latency-line:nth-child(3) svg { fill: color-mix(in srgb, var(--other) 70%, var(--surface)); }
    .latency-track .range { position: absolute; bottom: 30px; height: 8px; border-radius: 4px; background: color-mix(in srgb, var(--query) 62%, var(--surface)); }
    .quantile { position: absolute; top: 0; bottom: 0; width: 0; border-left: 1.5px dashed var(--text); }
    .quantile::after { content: attr(data-name); position: absolute; top: 0; left: 4px; font-size: 10.5px; line-height: 1.1; font-style: normal;
      background: var(--surface); padding: 0 2px; border-radius: 2px; }
    .quantile[data-name="p99"]::after { top: 14px; }
    .quantile[data-name="p99.9"]::after { top: 28px; }

    .quantile.late::after { left: auto; right: 4px; }

    @media (max-width: 640px) {
      header, main { padding-left: 12px; padding-right: 12px; }
      section { padding: 18px 14px; border-radius: 12px; }
      h1 { font-size: 32px; }
      .map-row, .scale-line, .lane, .window-row, .error-line, .latency-line { flex-direction: column; align-items: stretch; }
      .map-row { height: auto !important; margin-bottom: 8px; }
      .map-row.thin { display: none; }
      .map-row .map-fields { flex: none; height: 64px; }
      .field b, .field span { padding-left: 4px; padding-right: 0; }
      .map-title, .scale-title, .lane-title, .window-title, .error-title, .latency-title { width: auto; flex-direction: row;
        justify-content: space-between; padding: 2px 0; }
      .scale-track { flex: none; } .lane-track { flex: none; } .error-track, .latency-track { flex: none; }
      .error-track { height: 28px; }
      .run i { margin: 0 0.3px; }
      .map.enlarged { flex-direction: column; gap: 8px; }
      .enlarged-group { flex: none !important; }
      .scroll table { font-size: 12px; }
      .scroll th, .scroll td { padding-right: 8px; }
      .scroll th:last-child, .scroll td:last-child { padding-right: 0; }
      thead th { white-space: normal; vertical-align: bottom; }
    }
    @media print {
      body { background: none; font-size: 11pt; }
      * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
      section { break-inside: auto; border: 0; padding: 12px 0; }
      nav, .panel, .skip { display: none; }
      .scroll { background: none; }
      td, th { white-space: normal; }
      .phase, .map-row, .lane, .window-row { break-inside: avoid; }
    }
    """
}
