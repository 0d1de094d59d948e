// The screen at the gate: asks five times a second what to show. Vietnamese first, English below.
"use strict";

const WORDS = {
  idle: ["Mời nhìn vào camera", "Please look at the camera"],
  welcome: ["Xin chào!", "Welcome"],
  ask: ["Mời gặp thầy cô", "Please see a teacher"],
  unknown: ["Chưa nhận ra, mời gặp thầy cô", "Not recognised: please see a teacher"],
  show_card: ["Mời đưa thẻ hoặc gặp thầy cô", "Please show your card, or see a teacher"],
  come_closer: ["Mời lại gần hơn", "Please come closer"],
  stand_in_view: ["Mời đứng vào giữa màn hình", "Please stand in the middle"],
  more_light: ["Thiếu sáng, mời bước tới chỗ sáng", "Too dark: please step into the light"],
  less_light: ["Quá sáng, mời bước tới chỗ râm", "Too bright: please step into the shade"],
  hold_still: ["Mời đứng yên một chút", "Please hold still"],
  uncover: ["Mời bỏ khẩu trang, mũ bảo hiểm", "Please take off mask and helmet"],
  look_here: ["Mời nhìn thẳng", "Please look straight ahead"],
  lost: ["Camera chưa hoạt động", "The camera is not working: please see a teacher"],
  stopped: ["Máy đang khởi động", "Starting, one moment"],
};
const SIGNS = { welcome: "M22 52 L42 72 L78 30", ask: "M50 22 V58 M50 76 V77", unknown: "M50 22 V58 M50 76 V77",
  show_card: "M20 30 H80 V70 H20 Z M30 48 H50 M30 58 H44" };
const DISK = { full: "Bộ nhớ đầy", read_only: "Bộ nhớ hỏng" };
const SVG = "http://www.w3.org/2000/svg";
const byId = (id) => document.getElementById(id);
let sounded = null;
let audio = null;

function say([vietnamese, english], name = "") {
  byId("vi").textContent = vietnamese;
  byId("name").textContent = name;
  byId("name").className = name.length > 8 ? "long" : "";
  byId("en").textContent = english;
}

function shape(kind, attributes) {
  const made = document.createElementNS(SVG, kind);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function draw(kind, faces) {
  const outline = byId("outline");
  if (kind in SIGNS) {
    outline.replaceChildren(shape("path", { class: "sign", d: SIGNS[kind] }));
    return;
  }
  // As in a mirror: who moves to their right sees the outline move to the right.
  const seen = faces.map((face) => shape("ellipse", {
    cx: 100 - 100 * (face.x + face.width / 2), cy: 100 * (face.y + face.height / 2),
    rx: 50 * face.width, ry: 50 * face.height,
  }));
  const guide = shape("ellipse", { class: "guide", cx: 50, cy: 50, rx: 24, ry: 33 });
  outline.replaceChildren(...(seen.length ? seen : [guide]));
}

function sound(kind) {
  audio ??= new AudioContext();
  const notes = { welcome: [[880, 0, .12], [1320, .12, .18]], ask: [[440, 0, .35]], show_card: [[660, 0, .2]], unknown: [[330, 0, .35]] }[kind];
  for (const [hertz, after, seconds] of notes) {
    const tone = audio.createOscillator(), loudness = audio.createGain(), at = audio.currentTime + after;
    tone.frequency.value = hertz;
    loudness.gain.setValueAtTime(.25, at);
    loudness.gain.exponentialRampToValueAtTime(.001, at + seconds);
    tone.connect(loudness).connect(audio.destination);
    tone.start(at);
    tone.stop(at + seconds);
  }
}

function show(screen) {
  byId("time").textContent = screen.time || "--:--";
  byId("date").textContent = screen.date;
  byId("device").textContent = screen.device;
  const waiting = screen.backlog ? `, ${screen.backlog} chờ gửi` : "";
  const trouble = [DISK[screen.disk], screen.online ? "" : `Ngoại tuyến${waiting}`].filter(Boolean);
  byId("badge").hidden = trouble.length === 0;
  byId("badge").textContent = trouble.join(" · ");
  // A long badge needs the date's room.
  byId("date").hidden = trouble.length > 1;

  const [first, ...others] = screen.happenings;
  const kind = first ? first.kind : "idle";
  byId("stage").dataset.kind = kind;
  byId("more").textContent = kind === "welcome" && first.temperature === "ok" ? "Nhiệt độ bình thường" : "";
  if (first) say(kind === "welcome" && first.name ? ["Xin chào", "Welcome"] : WORDS[kind], first.name);
  else if (screen.camera === "lost") say(WORDS.lost);
  else if (screen.camera === "none") say(WORDS.stopped);
  else say(WORDS[screen.live.hint] ?? WORDS.idle);
  draw(kind, screen.live.faces);
  byId("others").replaceChildren(...others.slice(0, 4).map((one) => {
    const chip = document.createElement("span");
    chip.dataset.kind = one.kind;
    chip.textContent = one.name || { welcome: "✓", ask: "?", unknown: "?", show_card: "?" }[one.kind];
    return chip;
  }));
  if (first && first.number !== sounded) {
    if (sounded !== null || first.age_s < 1) sound(kind);
    sounded = first.number;
  }
}

async function turn() {
  try {
    const answer = await fetch("/screen", { signal: AbortSignal.timeout(3000) });
    if (!answer.ok) throw new Error(answer.status);
    show(await answer.json());
  } catch {
    // The panel's process is away: the hands of the last picture must not seem to go.
    byId("time").textContent = "--:--";
    byId("stage").dataset.kind = "idle";
    say(WORDS.stopped);
  }
  setTimeout(turn, 200);
}
turn();
