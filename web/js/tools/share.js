// @ts-check
/** The link to what is seen: to copy, or as a code to photograph. */
import { cardHead, element } from "../dom.js";
import { label } from "../labels.js";
import { currentLink } from "../permalink.js";
import { find } from "../selectors.js";

/** Longer links do not fit into a code that a camera reads. */
const MOST_SIGNS = 1200;

/**
 * Where the QR code of an address of this site is drawn; null for one that is too long.
 * @param {string} address
 */
export const codeAddress = (address) => (address.length > MOST_SIGNS ? null : `/api/qr.svg?${new URLSearchParams({ path: address.slice(location.origin.length) })}`);

/** Open the dialog. */
function open() {
  const dialog = /** @type {HTMLDialogElement} */ (find("share"));
  const address = currentLink();
  const field = /** @type {HTMLInputElement} */ (element("input", { class: "wide", type: "text", readonly: true, value: address, "aria-label": label("app.share.title") }));
  const copy = element("button", { type: "button", class: "action" }, label("app.share.copy"));
  copy.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(address);
    } catch {
      document.execCommand("copy"); // without a secure context there is no other way
    }
    copy.textContent = label("app.share.copied");
  });
  const source = codeAddress(address);
  const code = source && element("img", { class: "code", src: source, alt: label("app.share.code"), width: "180", height: "180" });
  dialog.replaceChildren(
    cardHead({ id: "share-title", kicker: "", title: label("app.share.title"), closing: label("app.close"), close: () => dialog.close() }),
    element("div", { class: "scroll" }, element("p", { class: "meta" }, label("app.share.text")), field, copy, code));
  dialog.showModal();
}

/** Listen to the button. */
export function startSharing() {
  find("shareButton").addEventListener("click", open);
}
