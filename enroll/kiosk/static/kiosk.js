// The kiosk's page: who is to be taken, what the camera sees, what became of it. All that counts is decided by the service.
(() => {
  const $ = (id) => document.getElementById(id);
  const LOOK_EVERY_MS = 150, STATE_EVERY_MS = 3000, ROLL_EVERY = 10;
  let language = localStorage.getItem("language") === "en" ? "en" : "vi";
  let roll = null, state = { online: true, signed_in: true, waiting: [], damaged: 0, model: null, became: {}, undoable: [] };
  let current = null, queueing = false, finished = false, stream = null, last = null, lastKey = null, begun = 0;
  const word = (key) => WORDS[language][key] ?? key;
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();

  async function ask(path, body, raw) {
    const options = body === undefined ? {} : { method: "POST", headers: raw ? {} : { "content-type": "application/json" }, body: raw ? body : JSON.stringify(body) };
    const answer = await fetch(path, options);
    if (answer.status === 401 && path !== "/api/sign-in") { leave(); throw new Error("401"); }
    if (!answer.ok) { const error = new Error((await answer.json().catch(() => ({}))).error ?? answer.status); error.status = answer.status; throw error; }
    return answer.status === 204 ? null : answer.json();
  }
  const trouble = (key) => { $("trouble").hidden = !key; $("trouble").textContent = key ? word(key) : ""; };
  const element = (tag, text, attributes = {}) => { const made = document.createElement(tag); made.textContent = text ?? ""; for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value); return made; };
  const button = (text, press, kind = "quiet") => { const made = element("button", text, { type: "button", class: kind }); made.addEventListener("click", press); return made; };

  // Words
  function speak() {
    document.documentElement.lang = language;
    for (const one of document.querySelectorAll("[data-word]")) one.textContent = word(one.dataset.word);
    for (const one of document.querySelectorAll("[data-label]")) one.setAttribute("aria-label", word(one.dataset.label));
    document.title = `${word("title")} · Điểm danh`;
    $("language").textContent = word("language");
    $("language").lang = language === "vi" ? "en" : "vi";
    if (roll) { classes(); show(); }
  }
  $("language").addEventListener("click", () => { language = language === "vi" ? "en" : "vi"; localStorage.setItem("language", language); speak(); });

  // Signing in and out
  $("sign-in-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    trouble(null);
    try { enter(await ask("/api/sign-in", { login: $("login").value, password: $("password").value })); }
    catch (error) { trouble(error.status === 503 ? "away" : "wrong"); }
    $("password").value = "";
  });
  $("sign-out").addEventListener("click", async () => { await ask("/api/sign-out", {}).catch(() => null); leave(); });
  function enter(got) {
    roll = got;
    $("sign-in").hidden = true;
    $("desk").hidden = $("sign-out").hidden = false;
    $("who").textContent = roll.name;
    classes();
    rest();
    look_after();
  }
  function leave() { roll = null; close(); $("desk").hidden = $("sign-out").hidden = $("line").hidden = true; $("sign-in").hidden = false; $("who").textContent = ""; $("login").focus(); }

  // The roll
  const pupils = () => roll.classes.flatMap((one) => one.pupils.map((pupil) => ({ ...pupil, class_id: one.id, class_name: one.name })));
  const why_again = (pupil) => pupil.due ?? (state.model !== null && pupil.models.some((one) => one !== state.model) ? "model" : null);
  const name_of = (id) => pupils().find((one) => one.id === id)?.name ?? id;
  function status(pupil) {
    const waits = state.waiting.find((one) => one.student_id === pupil.id);
    if (waits) return { waiting: "waits", held: "held", refused: "refused" }[waits.state];
    const became = state.became[pupil.id];
    if (became === "no_consent") return "no_consent";
    if (pupil.standing === "refused" || pupil.standing === "withdrawn") return "declined";
    if (pupil.standing !== "in_force") return "no_answer";
    if (became === "sent") return "enrolled";
    if (!pupil.views) return "missing";
    return why_again(pupil) ? "due" : "enrolled";
  }
  function classes() {
    const chosen = $("class").value;
    $("class").replaceChildren(element("option", word("all_classes"), { value: "" }), ...roll.classes.map((one) => element("option", one.name, { value: one.id })));
    $("class").value = roll.classes.some((one) => one.id === chosen) ? chosen : roll.classes[0]?.id ?? "";
  }
  const shown = () => {
    const words = plain($("search").value).split(/\s+/).filter(Boolean);
    const chosen = words.length ? "" : $("class").value;
    return pupils().filter((one) => (!chosen || one.class_id === chosen) && words.every((part) => plain(one.name).includes(part) || one.code.toLowerCase() === part));
  };
  function show() {
    const list = shown(), counts = { enrolled: 0, due: 0, missing: 0, declined: 0, no_answer: 0 };
    for (const one of list) { const is = status(one); counts[{ waits: "enrolled", held: "missing", refused: "enrolled", no_consent: "declined" }[is] ?? is] += 1; }
    $("tally").replaceChildren(...Object.entries(counts).map(([key, count]) => { const one = element("div"); one.append(element("dt", word(key)), element("dd", count)); return one; }));
    const focused = document.activeElement?.dataset?.pupil;
    $("roll").replaceChildren(...list.map((one) => {
      const is = status(one), item = element("li"), press = button("", () => choose(one.id, false), "");
      press.dataset.pupil = one.id;
      press.append(element("span", $("class").value && !$("search").value ? one.name : `${one.name}, ${one.class_name}`), element("small", is === "due" ? `${word(is)}: ${word(`due_${why_again(one)}`)}` : word(is), { class: is === "enrolled" ? "good" : is === "missing" || is === "due" ? "warn" : "" }));
      press.setAttribute("aria-current", String(one.id === current));
      press.setAttribute("aria-disabled", String(one.standing !== "in_force"));
      item.append(press);
      return item;
    }));
    if (focused) document.querySelector(`[data-pupil="${CSS.escape(focused)}"]`)?.focus();
    $("nobody").hidden = list.length > 0;
    $("nobody").textContent = word(roll.classes.length ? "nobody" : "no_classes");
    $("queue").disabled = !next();
    if (!current) rest();
  }
  $("class").addEventListener("change", () => { finished = false; show(); });
  $("search").addEventListener("input", show);
  const next = () => shown().find((one) => one.standing === "in_force" && ["missing", "due"].includes(status(one)));
  $("queue").addEventListener("click", () => { const one = next(); if (one) choose(one.id, true); });

  // The camera
  function rest() { $("camera-title").textContent = word("choose"); $("camera-lead").textContent = word(finished && !next() ? "class_done" : "choose_lead"); $("stage").hidden = true; }
  const runs = () => stream?.getVideoTracks().some((one) => one.readyState === "live") ?? false;
  async function choose(id, queue, follows = false) {
    const pupil = pupils().find((one) => one.id === id);
    if (!pupil || pupil.standing !== "in_force") return;
    close(follows);
    trouble(null);
    const mine = ++begun;
    queueing = queue;
    finished = false;
    current = id;
    for (const one of ["result", "known", "hint"]) $(one).textContent = "";
    $("undo").hidden = true;
    $("camera-title").textContent = `${pupil.name}, ${pupil.class_name}`;
    $("camera-lead").textContent = word("lead");
    $("camera-title").focus();
    show();
    try {
      progress(await ask("/api/capture", { student_id: id, follows }));
      if (!runs()) {
        const opened = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "user", width: { ideal: 960 } }, audio: false });
        if (mine !== begun) { for (const track of opened.getTracks()) track.stop(); return; }
        $("video").srcObject = stream = opened;
      }
    } catch (error) { if (mine === begun) { close(); show(); if (roll) trouble(error.status ? "failed" : "no_camera"); } return; }
    await $("video").play();
    $("stage").hidden = false;
    watch(mine);
  }
  async function watch(mine) {
    const canvas = document.createElement("canvas"), video = $("video");
    while (mine === begun && stream) {
      const started = Date.now();
      if (video.videoWidth) {
        canvas.width = video.videoWidth;
        canvas.height = video.videoHeight;
        canvas.getContext("2d").drawImage(video, 0, 0);
        const picture = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.9));
        try {
          const now = await ask("/api/look", picture, true);
          if (mine !== begun) return;
          progress(now);
          if (now.wanted === null) { if (!queueing) stop_camera(); await compare(mine); return; }
        } catch (error) { if (mine !== begun || !roll) return; trouble("failed"); }
      }
      await new Promise((done) => setTimeout(done, Math.max(20, LOOK_EVERY_MS - (Date.now() - started))));
    }
  }
  function progress(now) {
    if ($("hint").textContent !== word(now.hint)) $("hint").textContent = word(now.hint);
    $("done").max = now.of;
    $("done").value = now.taken;
    $("count").textContent = `${now.taken}/${now.of}`;
    $("skip").hidden = now.wanted === "front";
  }
  $("skip").addEventListener("click", async () => progress(await ask("/api/skip", {})));
  $("stop").addEventListener("click", () => { close(); show(); $("queue").focus(); });
  function stop_camera() { for (const track of stream?.getTracks() ?? []) track.stop(); stream = null; $("video").srcObject = null; }
  function close(keep_camera = false) { begun += 1; if (!keep_camera) stop_camera(); current = null; queueing = false; $("stage").hidden = $("question").hidden = true; }

  // Before it is saved, and after
  async function compare(mine) {
    const found = await ask("/api/compare", {}).catch(() => ({ offline: true, look_alikes: [] }));
    if (mine !== begun) return;
    $("stage").hidden = true;
    if (!found.look_alikes.length) return save(false, []);
    $("hint").textContent = "";
    $("question-text").textContent = word("looks_like");
    $("question-list").replaceChildren(...found.look_alikes.map((one) => choices(one, () => { close(); show(); }, (siblings) => { $("question").hidden = true; save(true, siblings); })));
    $("question").hidden = false;
    $("question-list").querySelector("button").focus();
  }
  function choices(one, stop, keep) {
    const item = element("li");
    item.append(element("span", `${one.name}, ${one.class_name}`), button(word("same"), stop), button(word("sibling"), () => keep([one.id])), button(word("other"), () => keep([])));
    return item;
  }
  async function save(decided, siblings) {
    const id = current, queue = queueing;
    let became;
    try { became = (await ask("/api/save", { decided, siblings })).state; } catch (error) { trouble("failed"); close(); show(); return; }
    [last, lastKey] = [id, { sent: "sent", waiting: "waiting_now", held: "held_now", refused: "refused_now", no_consent: "no_consent_now" }[became]];
    close(queue);
    await fetch_state().catch(() => null);
    const following = queue && roll ? next() : null;
    if (following) await choose(following.id, true, true);
    else { close(); finished = queue; if (roll) rest(); }
    $("result").textContent = `${name_of(id)}: ${word(lastKey)}`;
    $("undo").hidden = !state.undoable.includes(last);
    if (!following && !$("undo").hidden) $("undo").focus();
  }
  $("undo").addEventListener("click", async () => {
    try { await ask("/api/undo", { student_id: last }); $("result").textContent = word("undone"); } catch (error) { trouble("failed"); }
    $("known").textContent = "";
    $("undo").hidden = true;
    last = null;
    await refresh();
  });

  // What the service and the units say meanwhile
  async function fetch_state() {
    state = await ask("/api/state");
    $("line").hidden = false;
    const line = !state.online ? "offline" : !state.signed_in ? "signed_out" : "online";
    $("line").className = line === "online" ? "pill" : "pill warn";
    if ($("line").textContent !== word(line)) $("line").textContent = word(line);
    waiting();
    show();
  }
  async function refresh() { roll = await ask("/api/roll"); await fetch_state(); }
  function waiting() {
    $("waiting").hidden = !state.waiting.length && !state.damaged;
    const items = state.waiting.map((one) => {
      const decide = (keep, siblings) => async () => { await ask("/api/decide", { student_id: one.student_id, keep, siblings }).catch(() => trouble("failed")); await fetch_state(); };
      const item = element("li");
      item.append(element("strong", name_of(one.student_id)), element("span", word({ waiting: "waits", held: "held", refused: "refused" }[one.state]), { class: "soft" }));
      for (const other of one.look_alikes) item.append(choices(other, decide(false, []), (siblings) => decide(true, siblings)()));
      if (!one.look_alikes.length) item.append(button(word("drop"), decide(false, [])));
      return item;
    });
    if (state.damaged) items.push(element("li", `${state.damaged} ${word("damaged")}`));
    const shows = JSON.stringify([language, state.waiting, state.damaged]);
    if ($("waiting-list").dataset.shows === shows) return;
    $("waiting-list").dataset.shows = shows;
    $("waiting-list").replaceChildren(...items);
  }
  async function look_after() {
    for (let round = 1; roll; round += 1) {
      try {
        if (round % ROLL_EVERY || current) await fetch_state(); else await refresh();
        if (last && state.became[last] === "sent") {
          const where = await ask(`/api/whereabouts/${encodeURIComponent(last)}`);
          const text = [where.known_at.length ? word("known") + where.known_at.join(", ") : "", where.on_the_way.length ? word("on_the_way") + where.on_the_way.join(", ") : ""].filter(Boolean).join(" · ");
          if (last && $("known").textContent !== text) $("known").textContent = text;
        }
        if (last && !state.undoable.includes(last)) $("undo").hidden = true;
      } catch (error) { if (!roll) return; }
      await new Promise((done) => setTimeout(done, STATE_EVERY_MS));
    }
  }

  speak();
  ask("/api/here").then((here) => (here ? ask("/api/roll").then(enter) : $("login").focus()));
})();
