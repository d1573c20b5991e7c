/* A chart or a map as a picture of its own: title, legend, drawing, source. Asked by a button that holds
   data-image (png or svg), data-of (key of the Streamlit element), data-name, data-title, data-sub, data-source. */
(() => {
  const NS = 'http://www.w3.org/2000/svg', MARGIN = 24, SANS = '"Source Sans", Arial, sans-serif', SERIF = '"Source Serif", Georgia, serif';
  const node = (name, attributes, text) => {
    const made = document.createElementNS(NS, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const ruler = document.createElement('canvas').getContext('2d');
  const width = (text, font) => { ruler.font = font; return ruler.measureText(text).width; };
  const lines = (text, font, most) => {
    const found = [];
    for (const word of text.split(/[ \n]+/)) {
      const longer = found.length ? `${found[found.length - 1]} ${word}` : word;
      if (found.length && width(longer, font) <= most) found[found.length - 1] = longer; else found.push(word);
    }
    return found;
  };
  const plot = holder => {
    const box = holder.querySelector('.svg-container'), group = node('g', {});
    box.querySelectorAll('svg.main-svg').forEach(one => { const copy = one.cloneNode(true); copy.removeAttribute('style'); group.append(copy); });
    return [group, box.scrollWidth, box.clientHeight];
  };
  const map = frame => {
    const inner = frame.contentDocument, box = inner.querySelector('.leaflet-container'), from = box.getBoundingClientRect();
    const [w, h] = [box.clientWidth, box.clientHeight], view = frame.contentWindow, paper = view.getComputedStyle(box).backgroundColor;
    const drawn = node('svg', { width: w, height: h, viewBox: `0 0 ${w} ${h}`, overflow: 'hidden' });
    drawn.append(node('rect', { width: w, height: h, fill: paper }));
    inner.querySelectorAll('body > svg defs').forEach(one => drawn.append(one.cloneNode(true)));
    inner.querySelectorAll('.leaflet-pane > svg').forEach(one => {
      const at = one.getBoundingClientRect(), copy = one.cloneNode(true);
      copy.removeAttribute('style');
      for (const [key, value] of Object.entries({ x: at.x - from.x, y: at.y - from.y, width: at.width, height: at.height })) copy.setAttribute(key, value);
      drawn.append(copy);
    });
    inner.querySelectorAll('.nom').forEach(name => {
      const ink = view.getComputedStyle(name), range = inner.createRange();
      const walk = inner.createTreeWalker(name, view.NodeFilter.SHOW_TEXT);
      for (let text = walk.nextNode(); text; text = walk.nextNode()) {
        range.selectNodeContents(text);
        const at = range.getBoundingClientRect(), own = view.getComputedStyle(text.parentElement), tag = text.parentElement.tagName === 'I';
        if (tag) drawn.append(node('rect', { x: at.x - from.x - 4, y: at.y - from.y, width: at.width + 8, height: at.height, rx: 3, fill: own.backgroundColor }));
        drawn.append(node('text', {
          x: at.x - from.x + at.width / 2, y: at.y - from.y + at.height * .78, 'text-anchor': 'middle', 'font-family': SANS, 'font-size': own.fontSize,
          'font-weight': own.fontWeight, fill: own.color, ...(tag ? {} : { stroke: ink.getPropertyValue('--halo') || paper, 'stroke-width': 2.5, 'paint-order': 'stroke', 'stroke-linejoin': 'round' })
        }, text.data));
      }
    });
    drawn.append(node('text', { x: w - 6, y: h - 6, 'text-anchor': 'end', 'font-family': SANS, 'font-size': 11, fill: view.getComputedStyle(inner.querySelector('.leaflet-control-attribution')).color }, 'Contours : Etalab – IGN'));
    return [drawn, w, h];
  };
  const whole = button => {
    const { of, title, sub, source } = button.dataset, holder = document.querySelector(`.st-key-${of}`);
    const frame = holder.querySelector('iframe'), page = getComputedStyle(document.querySelector('.stApp'));
    const color = role => { const probe = document.createElement('i'); probe.style.color = `var(--${role})`; document.querySelector('.stApp').append(probe); const found = getComputedStyle(probe).color; probe.remove(); return found; };
    const [body, w, h] = frame ? map(frame) : plot(holder), wide = Math.max(w, 480), out = node('svg', {});
    let y = MARGIN;
    const write = (text, size, weight, family, fill) => lines(text, `${weight} ${size}px ${family}`, wide).forEach(line => {
      y += size * 1.25;
      out.append(node('text', { x: MARGIN, y, 'font-family': family, 'font-size': size, 'font-weight': weight, fill }, line));
    });
    write(title, 21, 600, SERIF, color('text'));
    if (sub) { y += 4; write(sub, 15, 400, SANS, color('muted')); }
    const cells = [...document.querySelectorAll(`[data-legend=${of}] > *`)];
    if (cells.length) {
      let x = MARGIN;
      y += 26;
      for (const cell of cells) {
        const swatch = getComputedStyle(cell.querySelector('i')), hatched = cell.querySelector('i.hatch');
        const said = [...cell.childNodes].filter(one => one.nodeName !== 'I').map(one => one.textContent.trim()).filter(Boolean).join(', ');
        const span = width(said, `400 14px ${SANS}`) + 40;
        if (x > MARGIN && x + span > wide + MARGIN) { x = MARGIN; y += 22; }
        out.append(node('rect', { x, y: y - 11, width: 14, height: 13, fill: hatched ? 'url(#hatch)' : swatch.backgroundColor, stroke: color('rule'), 'stroke-width': hatched ? 1 : 0 }));
        out.append(node('text', { x: x + 20, y, 'font-family': SANS, 'font-size': 14, fill: color('text') }, said));
        x += span;
      }
    }
    y += 14;
    const place = node('g', { transform: `translate(${MARGIN} ${y})` });
    place.append(body); out.append(place);
    y += h + 6;
    write(source, 12, 400, SANS, color('muted'));
    const [W, H] = [wide + 2 * MARGIN, Math.ceil(y + MARGIN)];
    for (const [key, value] of Object.entries({ xmlns: NS, width: W, height: H, viewBox: `0 0 ${W} ${H}` })) out.setAttribute(key, value);
    out.prepend(node('title', {}, title), node('rect', { width: W, height: H, fill: page.backgroundColor }));
    return [out, W, H];
  };
  const fonts = async () => {
    const root = window.__streamlit.BACKEND_BASE_URL;
    const one = async (file, family) => {
      const bytes = new Uint8Array(await (await fetch(`${root}police/${file}.woff2`)).arrayBuffer());
      let text = ''; for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
      return `@font-face{font-family:"${family}";src:url(data:font/woff2;base64,${btoa(text)}) format("woff2");font-weight:200 900}`;
    };
    return (await Promise.all([one('texte', 'Source Sans'), one('titre', 'Source Serif')])).join('');
  };
  const save = (blob, name) => { const link = document.createElement('a'); link.href = URL.createObjectURL(blob); link.download = name; link.click(); setTimeout(() => URL.revokeObjectURL(link.href), 10000); };
  addEventListener('beforeprint', () => {
    const block = document.querySelector('.stMainBlockContainer'), style = block && getComputedStyle(block);
    if (!block) return;
    const wide = block.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight), paper = 687;
    document.documentElement.style.setProperty('--print-width', `${wide}px`);
    document.documentElement.style.setProperty('--print-zoom', Math.min(1, paper / wide));
    const head = document.querySelector('header.top[data-compare]');
    if (head && !head.querySelector('.imprime')) {
      const line = document.createElement('p');
      line.className = 'imprime';
      line.textContent = [head.dataset.compare, `imprimé le ${new Date().toLocaleDateString('fr-FR', { dateStyle: 'long' })}`, decodeURIComponent(location.href)].filter(Boolean).join(' · ');
      head.append(line);
    }
    // The inside of a frame is not reduced with its box.
    document.querySelectorAll('[class*=st-key-cadre_] iframe').forEach(frame => {
      const inner = frame.contentDocument && frame.contentDocument.documentElement;
      if (!inner) return;
      for (const [name, value] of [['--w', `${frame.clientWidth}px`], ['--h', `${frame.clientHeight}px`], ['--z', Math.min(1, paper / wide)]]) inner.style.setProperty(name, value);
    });
  });
  addEventListener('afterprint', () => document.querySelectorAll('.imprime').forEach(one => one.remove()));
  document.addEventListener('click', async event => {
    const button = event.target.closest('button[data-image]');
    if (!button) return;
    const [drawn, W, H] = whole(button), kind = button.dataset.image, name = `${button.dataset.name}.${kind}`;
    if (kind === 'svg') return save(new Blob([new XMLSerializer().serializeToString(drawn)], { type: 'image/svg+xml' }), name);
    // A picture drawn on a canvas sees no font of the page: they travel with it.
    drawn.prepend(node('style', {}, await fonts()));
    const image = new Image(), scale = 2.5, canvas = document.createElement('canvas');
    image.src = 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(new XMLSerializer().serializeToString(drawn));
    await image.decode();
    canvas.width = W * scale; canvas.height = H * scale;
    canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob(blob => save(blob, name), 'image/png');
  });
})();
