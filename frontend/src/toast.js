// Short messages in a corner, read out politely; the region is part of the base template.

const SHOWN_MS = 6000;

/** @param {string} text */
export function toast(text) {
  const region = document.getElementById("toasts");
  if (!region) return;
  const message = document.createElement("p");
  message.className = "m-toast";
  message.textContent = text;
  region.append(message);
  setTimeout(() => message.remove(), SHOWN_MS);
}
