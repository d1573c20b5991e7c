function (map, P) {
  const R = P.roles, doc = document;
  const css = doc.createElement('style');
  css.textContent = `@font-face{font-family:"Texte";src:url("${P.font}") format("woff2");font-weight:200 900}
html,body,#root,#parent,.single,.float-child,.leaflet-container{height:100vh!important;margin:0;background:${R.map_bg}!important}
.leaflet-container{font:400 13px/1.25 "Texte",Arial,sans-serif;color:${R.text};outline-offset:-2px}
.leaflet-tooltip{opacity:1!important;background:${R.bg};color:${R.text};border:1px solid ${R.text};border-radius:3px;box-shadow:none;padding:6px 9px;white-space:normal;width:max-content;max-width:240px}
.leaflet-tooltip:before,.immobile .leaflet-tooltip-pane{display:none}.leaflet-tooltip b{display:block;font-weight:600}.leaflet-tooltip span{display:block}
.nom{--halo:${R.bg};position:absolute;transform:translate(-50%,-50%);text-align:center;white-space:nowrap;pointer-events:none;font-size:12px;font-weight:500;line-height:1.12;color:${R.text};
text-shadow:${[1, 2, 2, 3, 3, 4].map(blur => `0 0 ${blur}px ${R.bg}`).join(',')}}
.nom b{display:block;font-weight:600}.nom i{font-style:normal;text-shadow:none;background:${R.qpv};color:${R.bg};border-radius:3px;padding:0 4px;margin-left:3px;font-weight:600;font-size:11px}
.leaflet-control-attribution{background:none!important;color:${R.muted}!important;font-size:11px}
.leaflet-bar a{background:${R.bg};color:${R.text};border-color:${R.rule}}.leaflet-bar a:hover{background:${R.surface};color:${R.text}}
.leaflet-interactive:focus{outline:none}.leaflet-survol-pane path{pointer-events:none!important}
.leaflet-container:focus-visible{outline:3px solid ${R.text}}
@media (forced-colors:active){.leaflet-container path,.nom{forced-color-adjust:none}}
@media print{.leaflet-container{width:var(--w)!important;height:var(--h)!important;transform:scale(var(--z));transform-origin:0 0}.leaflet-control-zoom{display:none}}`;
  doc.head.appendChild(css);
  const NS = 'http://www.w3.org/2000/svg';
  const svg = doc.createElementNS(NS, 'svg');
  svg.setAttribute('width', 0); svg.setAttribute('height', 0); svg.style.position = 'absolute';
  svg.innerHTML = `<defs><pattern id="few" width="7" height="7" patternUnits="userSpaceOnUse"><rect width="7" height="7" fill="${R.surface}"/><circle cx="2" cy="2" r="1.3" fill="${R.muted}"/></pattern><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="${R.missing}"/><path d="M0 0V6" stroke="${R.hatch}" stroke-width="1.4"/></pattern></defs>`;
  doc.body.appendChild(svg);
  doc.documentElement.lang = 'fr';
  doc.title = P.alt;
  if (window.frameElement) { window.frameElement.title = P.alt; }

  // Leaflet takes the focus at the press of the mouse: a map that reaches below the window would be scrolled into view
  // before the release, which then falls on another place, and the click on none.
  const held = map.getContainer(), focus = held.focus;
  held.focus = () => focus.call(held, { preventScroll: true });
  map.attributionControl.setPrefix(false).addAttribution('Contours : Etalab – IGN');
  const zoom = map.zoomControl;
  if (zoom) { zoom._zoomInButton.title = zoom._zoomInButton.ariaLabel = 'Agrandir'; zoom._zoomOutButton.title = zoom._zoomOutButton.ariaLabel = 'Réduire'; }
  if (P.tiles) L.tileLayer(P.tiles[0], { attribution: P.tiles[1], opacity: .6 }).addTo(map);

  const style = f => {
    const p = f.properties, u = P.units[p.code];
    if (p.ou === 'outline') return { fill: false, color: R.border_strong, weight: 2, interactive: false };
    if (p.ou === 'out') return { fillColor: R.map_out, fillOpacity: P.tiles ? 0 : 1, color: R.border, weight: 1 };
    const chosen = p.code === P.selected;
    return {
      fillColor: u && u[0] >= 0 ? P.colours[u[0]] : u && u[0] < -1 ? 'url(#few)' : 'url(#hatch)', fillOpacity: P.tiles ? .75 : 1,
      color: chosen ? R.border_strong : R.border, weight: chosen ? 2.5 : 1.2
    };
  };
  const card = lines => { const d = doc.createElement('div'); lines.filter(Boolean).forEach((t, i) => { const e = doc.createElement(i ? 'span' : 'b'); e.textContent = t; d.appendChild(e); }); return d; };
  const layer = L.geoJson(null, {
    style,
    filter: f => f.properties.ou !== 'outline',
    onEachFeature: (f, l) => {
      const p = f.properties, u = P.units[p.code];
      // Leaflet listens to the focus of what has a tooltip, which makes each outline a nameless Tab stop in Chromium.
      l._addFocusListeners = () => {};
      l.bindTooltip(() => card(u ? [p.nom, u[3], u[4]] : [p.nom]), { sticky: true });
      if (!u) return;
      // An outline moved in the document between the press and the release receives no click: the hover is drawn apart.
      l.on('mouseover', () => { if (doc.body.classList.contains('immobile')) return; hover.clearLayers(); hover.addData(f); });
      l.on('mouseout', () => hover.clearLayers());
      // The same place may be chosen twice in a row: each click must differ from the one before.
      // In an object of its own: the component compares what it sends with what it sent, by reference.
      l.on('click', () => { f.properties = { ...p, clic: Date.now() }; doc.body.classList.add('immobile'); if (P.panel) pick(picked === p.code ? '' : p.code); });
      if (P.panel) l.on('dblclick', () => onward(p.code, 100));
    }
  }).addTo(map);
  const outline = L.geoJson(null, { style, interactive: false }).addTo(map);

  map.createPane('survol').style.zIndex = 440;
  const hover = L.geoJson(null, { pane: 'survol', interactive: false, style: { fill: false, color: R.border_strong, weight: 3 } }).addTo(map);

  // The place that the panel beside the map speaks of, which the address of the page names.
  const page = window.parent.document, press = name => page.querySelector(`.st-key-${name} button`);
  const chosen = L.geoJson(null, { pane: 'survol', interactive: false, style: { fill: false, color: R.territory, weight: 4 } }).addTo(map);
  const names = L.layerGroup().addTo(map);
  let picked = '', centres = [];
  const pick = code => {
    if (picked !== code) { picked = code; if (centres.length) place(); }
    chosen.clearLayers();
    if (code) layer.eachLayer(one => { if (one.feature.properties.code === code && one.feature.properties.ou === 'in') chosen.addData(one.feature); });
  };
  // The choice itself comes a quarter of a second after the click: a button pressed before it would be lost.
  const onward = (code, left) => {
    const button = press(`synthese_${code}`), still = page.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning';
    if (button && still) setTimeout(() => press(`synthese_${code}`)?.click(), 500); else if (left) setTimeout(onward, 100, code, left - 1);
  };
  // On a screen of the presentation, keys and clicks are those of the presentation.
  if (page.querySelector('.screen')) {
    // On a projector the map fills its frame, whatever the step of the zoom.
    map.options.zoomSnap = .25;
    doc.addEventListener('keydown', e => { e.stopPropagation(); page.body.dispatchEvent(new KeyboardEvent('keydown', { key: e.key, bubbles: true, cancelable: true })); }, true);
    map.on('click', () => press('suivant')?.click());
  }
  if (P.panel) {
    map.doubleClickZoom.disable();
    doc.addEventListener('keydown', e => { if (e.key === 'Escape') press('fermer_panneau')?.click(); });
    page.addEventListener('click', e => { if (e.target.closest?.('.st-key-fermer_panneau')) pick(''); }, true);
  }

  // The panel that a click opens moves the map under a hand that rests: what comes under it was not pointed at.
  let hand = '';
  doc.addEventListener('mousemove', e => { const at = `${e.screenX} ${e.screenY}`; if (at !== hand) { hand = at; doc.body.classList.remove('immobile'); } }, true);

  // Above the outlines, which arrive later and would cover them. A click on a place or a district is a click on what lies below.
  map.createPane('dessus').style.zIndex = 450;
  const through = l => {
    l._addFocusListeners = () => {};
    l.on('click', e => {
      const hit = doc.elementsFromPoint(e.originalEvent.clientX, e.originalEvent.clientY);
      layer.eachLayer(one => { if (hit.includes(one.getElement()) && P.units[one.feature.properties.code]) one.fire('click', { latlng: e.latlng }, true); });
    });
    return l;
  };
  P.quarters.forEach(q => L.geoJson({ type: 'Feature', properties: {}, geometry: q.g }, { pane: 'dessus', style: { color: R.qpv, weight: 2, fillColor: R.qpv, fillOpacity: .15 }, onEachFeature: (f, l) => through(l).bindTooltip(() => card([q.nom, 'Quartier prioritaire'])) }).addTo(map));
  P.points.forEach(([x, y, n, type, look]) => through(L.circleMarker([y, x], { pane: 'dessus', radius: look ? 4 : 3.2, color: P.looks[look][1], weight: look ? 1.6 : 1, fillColor: P.looks[look][0], fillOpacity: 1 })).bindTooltip(() => card([n || type, n && n !== type ? type : ''])).addTo(map));

  // Names are placed again at each zoom: a name that would cover another is left out, never that of the chosen place.
  const place = () => {
    names.clearLayers();
    if (!P.labels) return;
    const narrow = map.getSize().x < 480, taken = [], frame = map.getSize();
    const clear = b => !taken.some(t => b[0] < t[2] && b[2] > t[0] && b[1] < t[3] && b[3] > t[1]);
    const name = (lines, b, value, tag) => {
      taken.push(b);
      const box = doc.createElement('div'); box.className = 'nom';
      lines.forEach(t => { const e = doc.createElement('b'); e.textContent = t; box.appendChild(e); });
      if (value || tag) { box.appendChild(doc.createTextNode(value)); if (tag) { const e = doc.createElement('i'); e.textContent = tag; box.appendChild(e); } }
      L.marker(map.containerPointToLatLng([(b[0] + b[2]) / 2, (b[1] + b[3]) / 2]), { icon: L.divIcon({ html: box, className: '', iconSize: [0, 0] }), interactive: false, keyboard: false }).addTo(names);
    };
    const crowded = centres.length > 60, dots = P.points.map(([x, y]) => map.latLngToContainerPoint([y, x]));
    for (const [x, y, lines] of P.away) {
      const c = map.latLngToContainerPoint([y, x]), w = Math.max(...lines.map(t => t.length)) * 6.4 + 4, h = lines.length * 14;
      const left = Math.min(Math.max(c.x - w / 2, 2), frame.x - w - 2), rooms = [[left, c.y + 7], [left, c.y - 7 - h], [c.x + 7, c.y - h / 2], [c.x - 7 - w, c.y - h / 2]];
      const boxes = rooms.map(([x, y]) => [x, y, x + w, y + h]).filter(b => b[0] >= 2 && b[1] >= 2 && b[2] <= frame.x - 2 && b[3] <= frame.y - 2);
      name(lines, boxes.find(b => clear(b)) || boxes[0] || [left, c.y + 7, left + w, c.y + 7 + h]);
    }
    const first = code => code === picked || (!picked && code === P.selected), wanted = code => first(code) || code === P.selected;
    for (const [code, at, frameOf] of [...centres].sort((a, b) => wanted(b[0]) - wanted(a[0]) || first(b[0]) - first(a[0]))) {
      const u = P.units[code];
      if (narrow && u[5] > 0 && !wanted(code)) continue;
      const c = map.latLngToContainerPoint(at);
      const w = Math.max(...u[1].map(t => t.length), u[2].length + (u[6] ? 4 : 0)) * 6.4 + 4, h = (u[1].length + (u[2] || u[6] ? 1 : 0)) * 14;
      // Many small places: a name stands only where its place is about as wide as it.
      if (crowded && !wanted(code)) {
        const a = map.latLngToContainerPoint(frameOf.getSouthWest()), b = map.latLngToContainerPoint(frameOf.getNorthEast());
        if (b.x - a.x < w * .8 || a.y - b.y < h) continue;
      }
      const free = [[0, 0], [0, -9], [0, 9], [w * .2, 0], [-w * .2, 0], [0, -18], [0, 18]]
        .map(([dx, dy]) => [c.x + dx - w / 2, c.y + dy - h / 2, c.x + dx + w / 2, c.y + dy + h / 2])
        .filter(b => b[0] >= 2 && b[1] >= 2 && b[2] <= frame.x - 2 && b[3] <= frame.y - 2 && clear(b));
      // Beside the dots rather than across one, where there is such a room.
      const b = free.find(b => !dots.some(d => d.x > b[0] - 4 && d.x < b[2] + 4 && d.y > b[1] - 4 && d.y < b[3] + 4)) || free[0];
      if (b) name(u[1], b, u[2], u[6]);
    }
  };
  let moved = false, fitted = null;
  const fit = () => { if (map.getContainer().clientWidth > 40 && map.getContainer().clientHeight > 40) { map.invalidateSize(false); map.fitBounds(P.bounds, { padding: [14, 14], animate: false }); fitted = map.getZoom(); place(); } };
  map.on('zoomend', place);
  // The wheel turns the page until the map is in use.
  map.scrollWheelZoom.disable();
  map.on('focus', () => map.scrollWheelZoom.enable());
  map.on('blur', () => map.scrollWheelZoom.disable());
  // A click that chooses a place is no move: the map still fits the room that the panel leaves.
  map.on('dragstart', () => { moved = true; });
  map.getContainer().addEventListener('click', e => { if (e.target.closest('.leaflet-control-zoom')) moved = true; }, true);
  map.getContainer().addEventListener('wheel', () => { moved = true; }, { passive: true });
  new ResizeObserver(() => { if (!moved && !matchMedia('print').matches) fit(); }).observe(map.getContainer());
  // The pole of a bent outline may lie outside it: the largest ring's centroid is near enough for a name.
  const centre = g => {
    const rings = g.type === 'Polygon' ? [g.coordinates[0]] : g.coordinates.map(p => p[0]);
    let best = null, west = 180, south = 90, east = -180, north = -90;
    for (const r of rings) {
      for (const [x, y] of r) { west = Math.min(west, x); east = Math.max(east, x); south = Math.min(south, y); north = Math.max(north, y); }
      let a = 0, x = 0, y = 0;
      for (let i = 0; i + 1 < r.length; i++) { const k = r[i][0] * r[i + 1][1] - r[i + 1][0] * r[i][1]; a += k; x += (r[i][0] + r[i + 1][0]) * k; y += (r[i][1] + r[i + 1][1]) * k; }
      if (a && (!best || Math.abs(a) > best[0])) best = [Math.abs(a), y / (3 * a), x / (3 * a)];
    }
    return best && [[best[1], best[2]], L.latLngBounds([south, west], [north, east])];
  };
  const show = g => {
    layer.clearLayers(); outline.clearLayers(); hover.clearLayers();
    layer.addData(g);
    outline.addData({ type: 'FeatureCollection', features: g.features.filter(f => f.properties.ou === 'outline') });
  };
  fetch(P.url).then(r => r.json()).then(g => {
    show(g);
    centres = g.features.filter(f => f.properties.ou === 'in' && P.units[f.properties.code]).map(f => [f.properties.code, ...(centre(f.geometry) || [])]).filter(c => c[1]).sort((a, b) => P.units[a[0]][5] - P.units[b[0]][5]);
    if (P.panel) pick(new URLSearchParams(window.parent.location.search).get('commune') || '');
    fit(); doc.body.dataset.ready = '1';
  });
  // Nearer, the outlines that were made for the whole look cut with an axe: the finer ones are fetched once.
  let fine = false;
  map.on('zoomend', () => {
    if (fine || fitted === null || map.getZoom() < fitted + 1) return;
    fine = true;
    fetch(P.url + '?finesse=fine').then(r => r.ok ? r.json() : Promise.reject(r.status)).then(g => { show(g); pick(picked); doc.body.dataset.fine = '1'; }).catch(() => { fine = false; });
  });

  // Drawn, not written: not every machine has the signs.
  const drawing = path => `<svg viewBox="0 0 16 16" width="16" height="16" style="vertical-align:-3px" fill="none" stroke="currentColor" stroke-width="1.6" aria-hidden="true"><path d="${path}"/></svg>`;
  const control = (label, glyph, act) => {
    const bar = new L.Control({ position: 'topright' });
    bar.onAdd = () => {
      const box = L.DomUtil.create('div', 'leaflet-bar'), a = L.DomUtil.create('a', '', box);
      a.href = '#'; a.role = 'button'; a.title = a.ariaLabel = label; a.innerHTML = glyph;
      L.DomEvent.disableClickPropagation(box).on(a, 'click', e => { L.DomEvent.preventDefault(e); act(); });
      return box;
    };
    return bar.addTo(map);
  };
  const back = control('Recentrer', drawing('M8 1v4M8 11v4M1 8h4M11 8h4M8 4.5a3.5 3.5 0 1 0 0 7a3.5 3.5 0 1 0 0-7'), () => { fit(); back.getContainer().hidden = true; });
  back.getContainer().hidden = true;
  map.on('dragend zoomend', () => { if (moved) back.getContainer().hidden = false; });
  // The whole frame: title, map, legend and source. A browser that has no such thing shows no button.
  const whole = window.frameElement && window.frameElement.closest('[class*=st-key-plein_]');
  if (whole && whole.requestFullscreen && window.parent.document.fullscreenEnabled) {
    whole.dataset.titre = P.title; whole.dataset.source = P.note;
    control('Plein écran', drawing('M1.5 5.5v-4h4M10.5 1.5h4v4M14.5 10.5v4h-4M5.5 14.5h-4v-4'), () => { window.parent.document.fullscreenElement ? window.parent.document.exitFullscreen() : whole.requestFullscreen(); });
  }
  // A class pointed at in the legend: the places of the others fade.
  if (whole) {
    const gone = new AbortController();
    const keep = cell => layer.eachLayer(one => {
      const u = P.units[one.feature.properties.code], kept = !cell || !u || u[0] === +cell.dataset.classe;
      if (one.getElement()) one.getElement().style.opacity = kept ? '' : .15;
    });
    whole.addEventListener('pointerover', e => keep(e.target.closest('[data-classe]')), { signal: gone.signal });
    whole.addEventListener('pointerleave', () => keep(null), { signal: gone.signal });
    window.addEventListener('pagehide', () => gone.abort());
  }
  return layer;
}
